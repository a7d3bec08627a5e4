/** What a generation came to: runs, attempts, calls and what models counted, over all of its history. Pure. */

import type { Call } from "@/shared/api/types";
import type { HistoryEvent } from "./history";

export interface Totals {
  runs: number;
  attempts: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** Plan tokens that failed runs gave back. */
  refundedTokens: number;
}

export function totalsOf(events: readonly HistoryEvent[]): Totals {
  const calls = events.flatMap(callsOf);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    runs: new Set(events.map((event) => event.data.run)).size,
    attempts: events.filter((event) => attemptOf(event) !== null).length,
    calls: calls.length,
    inputTokens: sum(calls.map((call) => call.usage.input_tokens)),
    outputTokens: sum(calls.map((call) => call.usage.output_tokens)),
    refundedTokens: sum(events.map(refundedOf)),
  };
}

/** The attempt that this message ends, if it ends one. */
export function attemptOf(event: HistoryEvent): number | null {
  const ends =
    event.name === "step_attempt_failed" || event.name === "step_completed" || event.name === "step_failed";
  return ends ? event.data.attempt : null;
}

export const callsOf = (event: HistoryEvent): readonly Call[] =>
  event.name === "step_attempt_failed" || event.name === "step_completed" || event.name === "step_failed"
    ? event.data.calls
    : [];

export const refundedOf = (event: HistoryEvent): number =>
  event.name === "generation_failed" || event.name === "generation_cancelled"
    ? event.data.refunded_tokens
    : 0;
