/** The use of the last days, from lines of the ledger in any order. */

import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "@/shared/ledger/kinds";
import { sinceDays, usageOf } from "./usage";

const NOW = new Date(2026, 2, 10, 15, 30);
const at = (day: number, hour = 12) => new Date(2026, 2, day, hour).toISOString();

let entry = 0;
const line = (kind: string, tokens: number, day: number, step: string | null = null): LedgerEntry => {
  entry += 1;
  return { entry, at: at(day), kind, tokens, step, generation_id: "g" };
};

describe("the use of the last days", () => {
  test("has a day for each, also those without use, in the person's own time", () => {
    const usage = usageOf([line("capture", 8, 10, "backend")], NOW, 3);
    expect(usage.days.map((day) => [day.start.getDate(), day.total])).toEqual([
      [8, 0],
      [9, 0],
      [10, 8],
    ]);
    expect(sinceDays(NOW, 3)).toBe(new Date(2026, 2, 8).getTime());
  });

  test("counts what was charged and not what was held, released or bought", () => {
    const lines = [line("hold", 50, 10), line("capture", 8, 10, "backend"), line("release", 42, 10)];
    expect(usageOf([...lines, line("purchase", 500, 10)], NOW, 3).total).toBe(8);
  });

  test("takes a refund from the day of its charge", () => {
    const lines = [line("capture", 8, 9, "backend"), line("refund", 8, 10, "backend")];
    expect(usageOf(lines.reverse(), NOW, 3).days.map((day) => day.total)).toEqual([0, 0, 0]);
  });

  test("leaves out a refund whose charge is older than what is shown", () => {
    expect(usageOf([line("refund", 8, 10, "backend")], NOW, 3).total).toBe(0);
  });

  test("names the most used step first", () => {
    const lines = [line("capture", 3, 9, "devops"), line("capture", 14, 10, "frontend")];
    expect(usageOf(lines, NOW, 3).steps).toEqual(["frontend", "devops"]);
  });
});
