/** What the mechanical check of each step left uncorrected. */

import { ListChecks, TriangleAlert } from "lucide-react";
import { FileLink } from "@/shared/generation/file-link";
import type { StepView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";

export function Checks({ steps }: { steps: readonly StepView[] }) {
  const { security: words } = useTexts();
  const classesOfFindings: Record<string, string> = words.classes;
  const found = steps.filter((step) => step.findings.length > 0);
  return (
    <Card>
      <CardHeading icon={<ListChecks aria-hidden="true" className="size-5 text-cyan-400" />}>
        {words.checks}
      </CardHeading>
      <p className="text-sm text-slate-300">{words.checksText}</p>
      {found.length === 0 ? (
        <p className="mt-3 text-sm text-slate-300">{words.checksNone}</p>
      ) : (
        found.map((step) => (
          <section key={step.step} className="mt-4">
            <h3 className="mb-2 text-sm font-semibold text-slate-200">{step.title}</h3>
            <ul className="space-y-2">
              {step.findings.map((finding) => (
                <li
                  key={`${finding.rule} ${finding.path} ${finding.line} ${finding.sentence}`}
                  className="rounded-lg border border-slate-700 bg-slate-900/40 px-4 py-3 text-sm"
                >
                  <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-amber-200">
                      <TriangleAlert aria-hidden="true" className="size-3.5" />
                      {classesOfFindings[finding.class] ?? finding.class}
                    </span>
                    {finding.path !== null && (
                      <FileLink path={finding.path} line={finding.line}>
                        {finding.line === null ? finding.path : words.at(finding.path, String(finding.line))}
                      </FileLink>
                    )}
                    <code className="font-mono text-xs text-slate-400">{finding.rule}</code>
                  </p>
                  <p className="mt-1 break-words text-slate-200">{finding.sentence}</p>
                </li>
              ))}
            </ul>
          </section>
        ))
      )}
    </Card>
  );
}
