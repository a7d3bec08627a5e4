/** A history comes to figures that agree with its messages and with the ledger. */

import { expect, test } from "vitest";
import type { Call, Step } from "@/shared/api/types";
import { type LedgerEntry, signOf } from "@/shared/ledger/kinds";
import type { HistoryEvent } from "./history";
import { netOf } from "./ledger";
import { spansOf } from "./spans";
import { totalsOf } from "./totals";

const call = (input_tokens: number, output_tokens: number): Call =>
  ({ usage: { input_tokens, output_tokens, cached_tokens: 0, estimated: false } }) as Call;
const event = (name: string, data: object): HistoryEvent =>
  ({ id: 1, name, data }) as unknown as HistoryEvent;

test("totals count every run, attempt and call", () => {
  const totals = totalsOf([
    event("generation_started", { run: 1 }),
    event("step_attempt_failed", { run: 1, attempt: 1, calls: [call(10, 5), call(1, 1)] }),
    event("step_completed", { run: 1, attempt: 2, calls: [call(20, 7)] }),
    event("step_failed", { run: 1, attempt: 1, calls: [] }),
    event("generation_failed", { run: 1, refunded_tokens: 4 }),
    event("generation_started", { run: 2 }),
  ]);
  expect(totals).toEqual({
    runs: 2,
    attempts: 3,
    calls: 3,
    inputTokens: 31,
    outputTokens: 13,
    refundedTokens: 4,
  });
});

test("the net is what was charged less what came back; holds and releases move nothing in the end", () => {
  const entries = [
    { kind: "hold", tokens: 50 },
    { kind: "capture", tokens: 6 },
    { kind: "capture", tokens: 4 },
    { kind: "refund", tokens: 4 },
    { kind: "release", tokens: 40 },
  ] as LedgerEntry[];
  expect(netOf(entries)).toBe(6);
  expect(entries.map(({ kind }) => signOf(kind))).toEqual(["−", "", "", "+", "+"]);
});

test("spans are counted from the first step, and what has not ended lasts until now", () => {
  const step = (name: string, started_at: string | null, ended_at: string | null) =>
    ({ step: name, title: name, icon: "", state: "running", run: 1, started_at, ended_at }) as Step;
  const at = (second: number) => new Date(second * 1000).toISOString();
  const { spans, totalMs } = spansOf(
    [step("a", at(10), at(12)), step("b", at(12), null), step("c", null, null)],
    17_000,
  );
  expect(spans.map(({ step: name, startMs, durationMs }) => [name, startMs, durationMs])).toEqual([
    ["a", 0, 2000],
    ["b", 2000, 5000],
  ]);
  expect(totalMs).toBe(7000);
  expect(spansOf([], 0).spans).toEqual([]);
});
