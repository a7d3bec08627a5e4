/** The security report as the audit's step stores it. Models slip: what is missing is empty, what is unknown is informative. */

import { list, parsed, records, string } from "@/shared/contract/contract";

export const REPORT_PATH = "docs/security_audit.json";

/** The gravest first. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface ReportedFinding {
  severity: Severity;
  file: string;
  line: number | null;
  what: string;
  fix: string;
  byModel: boolean;
  rule: string | null;
}

export interface SecurityReport {
  summary: string;
  findings: readonly ReportedFinding[];
  unscanned: readonly string[];
}

/** Null when the text is no JSON object. */
export function reportOf(text: string): SecurityReport | null {
  const raw = parsed(text);
  if (raw === null) return null;
  const findings = records(raw.findings).map((finding): ReportedFinding => {
    const line = finding.line;
    return {
      severity: SEVERITIES.find((one) => one === string(finding.severity).toLowerCase()) ?? "info",
      file: string(finding.file),
      line: typeof line === "number" && Number.isSafeInteger(line) && line > 0 ? line : null,
      what: string(finding.what),
      fix: string(finding.fix),
      byModel: finding.by_model !== false,
      rule: string(finding.rule) || null,
    };
  });
  const rank = ({ severity }: ReportedFinding) => SEVERITIES.indexOf(severity);
  return {
    summary: string(raw.summary),
    findings: findings.sort((one, other) => rank(one) - rank(other)),
    unscanned: list(raw.unscanned).map(string),
  };
}
