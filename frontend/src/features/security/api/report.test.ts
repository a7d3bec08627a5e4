/** Reports are read as they are stored, the gravest finding first. */

import { expect, test } from "vitest";
import { reportOf } from "./report";

test("findings are in the order of their severity, and an unknown one is informative", () => {
  const report = reportOf(
    JSON.stringify({
      summary: "Bien.",
      findings: [
        { severity: "low", file: "a.py", line: 3, what: "x", by_model: true, rule: null },
        { severity: "odd", file: "b.py", line: 0, what: "y" },
        { severity: "CRITICAL", file: "c.py", line: 9, what: "z", by_model: false, rule: "secret" },
      ],
      unscanned: ["d.bin"],
    }),
  );
  expect(report?.findings.map(({ severity, line, rule }) => [severity, line, rule])).toEqual([
    ["critical", 9, "secret"],
    ["low", 3, null],
    ["info", null, null],
  ]);
  expect(report?.unscanned).toEqual(["d.bin"]);
});

test.each(["", "[]", "null"])("%j is no report", (text) => {
  expect(reportOf(text)).toBeNull();
});
