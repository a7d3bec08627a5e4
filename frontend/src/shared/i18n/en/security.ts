/** *Security* in English. */

import type { Texts } from "../es";

export const security: Texts["security"] = {
  title: "Security",
  summary: "In short",
  severities: { critical: "Critical", high: "High", medium: "Medium", low: "Low", info: "Informative" },
  counts: "Findings by severity",
  findings: (n, count) => (count === 1 ? `${n} finding` : `${n} findings`),
  at: (file, line) => `${file}, line ${line}`,
  fix: "How to mend it",
  byModel: "Seen by the model",
  byScanner: (rule) => `Seen by a scanner (${rule})`,
  byBoth: (rule) => `Seen by the model and a scanner (${rule})`,
  noneTitle: "Neither the model nor the scanners found anything",
  noneText:
    "That does not prove that there is nothing: it is the reading of a model and of automatic rules. Review the code before you publish it.",
  masked: "Secrets are shown masked, here and in the documents.",
  unscanned: "Files that no scanner could read",
  checks: "Automatic check of each step",
  checksText:
    "What was left uncorrected when files were checked to exist, to parse and to agree with one another.",
  checksNone: "Nothing was left over.",
  classes: { warning: "Warning", error: "Error", blocking: "Blocking" },
  waiting: "The audit is the last step: its report appears when it has finished.",
  none: "The audit was not completed in this generation, so there is no report.",
  unreadable: "The report cannot be read as data. It is in Code, as it was written.",
  failed: "The report could not be read.",
};
