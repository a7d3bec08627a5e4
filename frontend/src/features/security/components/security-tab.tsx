/** *Seguridad*: the audit's findings by severity, each leading to its line; and what the checks left uncorrected. */

import { ShieldCheck } from "lucide-react";
import { DocumentState } from "@/shared/contract/document-state";
import { useDocument } from "@/shared/contract/use-document";
import { useFormats } from "@/shared/format/numbers";
import { FileLink } from "@/shared/generation/file-link";
import { useGeneration } from "@/shared/generation/use-generation";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { Notice } from "@/shared/ui/notice";
import { REPORT_PATH, type ReportedFinding, reportOf, SEVERITIES, type SecurityReport } from "../api/report";
import { Checks } from "./checks";
import { SeverityMark } from "./severity";

export function SecurityTab() {
  const { security: words } = useTexts();
  const view = useGeneration();
  const report = useDocument(view, REPORT_PATH, reportOf);
  return (
    <div className="space-y-4">
      <Card>
        <CardHeading icon={<ShieldCheck aria-hidden="true" className="size-5 text-green-400" />}>
          {words.title}
        </CardHeading>
        {report.state === "read" ? (
          <Report report={report.value} />
        ) : (
          <DocumentState document={report} words={words} />
        )}
      </Card>
      <Checks steps={view.steps} />
    </div>
  );
}

function Report({ report }: { report: SecurityReport }) {
  const { security: words } = useTexts();
  const formats = useFormats();
  const groups = SEVERITIES.map((severity) => ({
    severity,
    findings: report.findings.filter((finding) => finding.severity === severity),
  })).filter(({ findings }) => findings.length > 0);
  return (
    <>
      {report.summary && <p className="max-w-3xl text-sm text-slate-300">{report.summary}</p>}
      {groups.length === 0 ? (
        <Notice tone="good" title={words.noneTitle} className="mt-4">
          {words.noneText}
        </Notice>
      ) : (
        <>
          <ul aria-label={words.counts} className="mt-4 flex flex-wrap gap-2">
            {groups.map(({ severity, findings }) => (
              <li key={severity}>
                <SeverityMark severity={severity} count={formats.count(findings.length)} />
              </li>
            ))}
          </ul>
          {groups.map(({ severity, findings }) => (
            <section key={severity} data-severity={severity} className="mt-6">
              <h3 className="mb-2 text-sm font-semibold text-slate-200">
                {words.severities[severity]}
                <span className="font-normal text-slate-400">
                  {" · "}
                  {words.findings(formats.count(findings.length), findings.length)}
                </span>
              </h3>
              <ul className="space-y-3">
                {findings.map((finding) => (
                  <Finding key={`${finding.file} ${finding.line} ${finding.what}`} finding={finding} />
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
      {report.unscanned.length > 0 && (
        <section className="mt-6">
          <h3 className="mb-2 text-sm font-semibold text-slate-200">{words.unscanned}</h3>
          <ul className="space-y-1">
            {report.unscanned.map((path) => (
              <li key={path}>
                <FileLink path={path}>{path}</FileLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="mt-6 text-xs text-slate-400">{words.masked}</p>
    </>
  );
}

function Finding({ finding }: { finding: ReportedFinding }) {
  const { security: words } = useTexts();
  const { severity, file, line, what, fix, byModel, rule } = finding;
  const seen = rule === null ? words.byModel : byModel ? words.byBoth(rule) : words.byScanner(rule);
  return (
    <li className="rounded-lg border border-slate-700 bg-slate-900/40 p-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityMark severity={severity} />
        {file && (
          <FileLink path={file} line={line}>
            {line === null ? file : words.at(file, String(line))}
          </FileLink>
        )}
      </p>
      <p className="mt-2 text-sm break-words text-slate-100">{what}</p>
      {fix && (
        <p className="mt-2 text-sm break-words text-slate-300">
          <span className="font-semibold text-slate-200">{words.fix}: </span>
          {fix}
        </p>
      )}
      <p className="mt-2 text-xs text-slate-400">{seen}</p>
    </li>
  );
}
