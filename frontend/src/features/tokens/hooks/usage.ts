/** What a person's steps cost in the end, by day and step, from the lines of the ledger. */

import type { LedgerEntry } from "@/shared/ledger/kinds";

export interface Usage {
  /** One for each day, the oldest first, also those without use. */
  days: readonly UsageDay[];
  /** In the order in which they are first met, the most used first. */
  steps: readonly string[];
  total: number;
}

export interface UsageDay {
  /** Its beginning where the person is. */
  start: Date;
  byStep: ReadonlyMap<string, number>;
  total: number;
}

/** The beginning of the first of the last `days` days, today included. */
export function sinceDays(now: Date, days: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1).getTime();
}

/** A refund belongs to the day of what it gives back, where that is known: a day is never below nothing. */
export function usageOf(entries: readonly LedgerEntry[], now: Date, days: number): Usage {
  const first = new Date(sinceDays(now, days));
  const table = Array.from({ length: days }, (_, index) => ({
    start: new Date(first.getFullYear(), first.getMonth(), first.getDate() + index),
    byStep: new Map<string, number>(),
  }));
  const dayOfStep = new Map<string, Map<string, number> | undefined>();
  const totals = new Map<string, number>();
  for (const entry of [...entries].sort((a, b) => a.entry - b.entry)) {
    if (entry.step == null || (entry.kind !== "capture" && entry.kind !== "refund")) continue;
    const charged = `${entry.generation_id}/${entry.step}`;
    if (entry.kind === "capture") dayOfStep.set(charged, dayFor(table, entry.at));
    const day = dayOfStep.get(charged);
    if (day === undefined) continue; // its charge is older than what is shown
    const tokens = entry.kind === "capture" ? entry.tokens : -entry.tokens;
    day.set(entry.step, (day.get(entry.step) ?? 0) + tokens);
    totals.set(entry.step, (totals.get(entry.step) ?? 0) + tokens);
  }
  return {
    days: table.map((day) => ({ ...day, total: sum(day.byStep.values()) })),
    steps: [...totals].sort(([, a], [, b]) => b - a).map(([step]) => step),
    total: sum(totals.values()),
  };
}

function dayFor(table: readonly { start: Date; byStep: Map<string, number> }[], at: string) {
  const moment = Date.parse(at);
  return table.findLast((day) => day.start.getTime() <= moment)?.byStep;
}

const sum = (values: Iterable<number>): number => [...values].reduce((all, one) => all + one, 0);
