/** From events to what is shown: order, repeats, retries, honest ends, and a bar that never goes back. */

import { describe, expect, test } from "vitest";
import type { FeedEvent } from "@/shared/feed/reader";
import { isTerminal } from "./events";
import { receive } from "./reduce";
import { CAPS, Feed, generation, type StepName } from "./samples";
import { type GenerationView, isPackaging, progressOf, viewOf } from "./view";

const MOMENT = { at: 1_000, language: "es" } as const;
const apply = (view: GenerationView, ...events: FeedEvent[]) =>
  events.reduce((before, event) => receive(before, event, MOMENT), view);
const stateOf = (view: GenerationView, step: StepName) => view.steps.find((one) => one.step === step)?.state;
const queued = viewOf(generation());

test("a failure names the trace that the API tells", () => {
  const result = {
    run: 1,
    status: "failed",
    fault: { code: "provider_unavailable", text: "No responde.", next_action: "Reintenta." },
    net_tokens: 0,
    refunded_tokens: 0,
    warnings: 0,
    archive: null,
    ended_at: "2026-11-26T04:01:00Z",
  } as const;
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const told = viewOf(generation({ status: "failed", result: { ...result, trace_id: traceId } }));
  expect(told.outcome?.traceId).toBe(traceId);
});

describe("a run", () => {
  test("shows every step of the pipeline when it starts, titles in the person's language", () => {
    const view = apply(queued, new Feed().started());
    expect(view.steps.map((step) => [step.step, step.state, step.capTokens])).toEqual(
      Object.entries(CAPS).map(([step, cap]) => [step, "waiting", cap]),
    );
    expect(view.steps[0]?.title).toBe("Paso architecture");
    expect(view.status).toBe("running");
  });

  test("has two steps running at the same time when both have started", () => {
    const feed = new Feed();
    const view = apply(
      queued,
      feed.started(),
      feed.event("step_started", { step: "backend" }),
      feed.event("step_started", { step: "frontend" }),
    );
    expect([stateOf(view, "backend"), stateOf(view, "frontend")]).toEqual(["running", "running"]);
  });

  test("moves the bar by the caps of finished steps and never back", () => {
    const feed = new Feed();
    const events = [
      feed.started(),
      feed.completed("architecture"),
      feed.event("step_started", { step: "backend" }),
      feed.event("step_attempt_failed", { step: "backend", next_attempt: 2, findings: [], calls: [] }),
      feed.completed("frontend"),
      feed.completed("backend"),
      feed.completed("devops"),
      feed.completed("security_audit"),
    ];
    let view = queued;
    const shares = events.map((event) => {
      view = apply(view, event);
      return Math.round(progressOf(view) * 50);
    });
    expect(shares).toEqual([0, 8, 8, 8, 22, 38, 44, 50]);
    expect(isPackaging(view)).toBe(true);
  });

  test("changes nothing when an event comes again or belongs to what is known", () => {
    const feed = new Feed();
    const events = [feed.started(), feed.completed("architecture")];
    const view = apply(queued, ...events);
    expect(apply(view, ...events)).toBe(view);
    expect(view.sequence).toBe(2);
  });

  test("moves on when an event is newer than this page", () => {
    const view = apply(queued, { id: 1, name: "step_painted", data: {} });
    expect([view.sequence, view.status]).toEqual([1, "queued"]);
  });
});

describe("an end", () => {
  const outcome = (step: StepName, state: string, net: number) => ({
    step,
    state,
    charge_tokens: net,
    net_tokens: net,
  });

  test("leaves nothing running and says what it cost when it completed", () => {
    const feed = new Feed();
    const view = apply(
      queued,
      feed.started(),
      ...(Object.keys(CAPS) as StepName[]).map((step) => feed.completed(step)),
      feed.event("generation_completed", {
        steps: (Object.keys(CAPS) as StepName[]).map((step) => outcome(step, "completed", 2)),
        net_tokens: 10,
        warnings: 0,
        archive: { file_name: "mi-super-app.zip", sha256: "0".repeat(64), bytes: 10, files: 3 },
      }),
    );
    expect([view.status, progressOf(view), view.outcome?.netTokens]).toEqual(["completed", 1, 10]);
    expect(view.outcome?.archive?.fileName).toBe("mi-super-app.zip");
  });

  test("names the failed, the cancelled and the skipped step when one fails", () => {
    const feed = new Feed();
    const view = apply(
      queued,
      feed.started(),
      feed.completed("architecture", [{ path: "contract.json", bytes: 2 }]),
      feed.event("step_started", { step: "backend" }),
      feed.event("step_started", { step: "frontend" }),
      feed.progressed("backend", { text: "import" }),
      feed.event("step_failed", {
        step: "backend",
        attempt: 1,
        fault: "provider_unavailable",
        findings: [],
        calls: [],
        cancelled_steps: ["frontend"],
        skipped_steps: ["devops", "security_audit"],
      }),
      feed.event("generation_failed", {
        fault: "provider_unavailable",
        steps: [outcome("architecture", "completed", 0)],
        net_tokens: 0,
        refunded_tokens: 2,
        retry: { quote_tokens: 50, steps: ["backend", "frontend", "devops", "security_audit"] },
      }),
    );
    expect(view.steps.map((step) => step.state)).toEqual([
      "completed",
      "failed",
      "cancelled",
      "skipped",
      "skipped",
    ]);
    expect(view.files.map((file) => file.path)).toEqual(["contract.json"]);
    expect(view.outcome).toMatchObject({
      status: "failed",
      faultCode: "provider_unavailable",
      refundedTokens: 2,
    });
    expect(view.retry).toEqual({
      quoteTokens: 50,
      steps: ["backend", "frontend", "devops", "security_audit"],
    });
  });

  test("keeps what an earlier run came to on show when the retry is rejected", () => {
    const feed = new Feed();
    const cancelled = apply(
      queued,
      feed.started(),
      feed.event("generation_cancelled", {
        fault: "cancelled_by_user",
        steps: [],
        net_tokens: 0,
        refunded_tokens: 0,
        retry: { quote_tokens: 50, steps: ["architecture"] },
      }),
    );
    feed.run = 2;
    const view = apply(
      cancelled,
      feed.event("generation_rejected", { fault: "insufficient_tokens", retry: null }),
    );
    expect([view.status, view.notice?.faultCode, view.retry?.quoteTokens]).toEqual([
      "cancelled",
      "insufficient_tokens",
      50,
    ]);
  });

  test("is told apart from everything else by its name", () => {
    expect(["generation_completed", "generation_started", "step_failed"].map(isTerminal)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test("a retry keeps finished steps with their files when it starts", () => {
  const feed = new Feed();
  const failed = apply(
    queued,
    feed.started(),
    feed.completed("architecture", [{ path: "contract.json", bytes: 2 }]),
    feed.event("generation_cancelled", { fault: "cancelled_by_user", steps: [], net_tokens: 2, retry: null }),
  );
  feed.run = 2;
  const view = apply(failed, feed.started(["architecture"]));
  expect([view.run, view.status, view.outcome]).toEqual([2, "running", null]);
  expect(view.steps[0]).toMatchObject({ state: "completed", reused: true, summary: "Hecho" });
  expect(view.files.map((file) => file.path)).toEqual(["contract.json"]);
});
