/** How each event of the feed moves a generation's view on. Pure: the moment and the language come with the event. */

import type { GenerationEvents as Events } from "@/shared/api/types";
import { ended, rejected } from "./endings";
import type { GenerationEvent, Moment } from "./events";
import { writeProgress } from "./progress";
import type { FileView, GenerationView, StepState, StepView } from "./view";

/** The names that `reduce` understands; one that is newer than this page moves the position alone. */
const KNOWN = new Set<string>([
  "generation_started",
  "step_started",
  "step_attempt_failed",
  "step_completed",
  "step_failed",
  "step_progressed",
  "generation_completed",
  "generation_failed",
  "generation_cancelled",
  "generation_rejected",
]);
/** Apply an event as it came from the feed; `id` is null for progress. */
export function receive(
  view: GenerationView,
  event: { id: number | null; name: string; data: unknown },
  moment: Moment,
): GenerationView {
  if (event.id !== null && event.id <= view.sequence) return view;
  const next = KNOWN.has(event.name)
    ? reduce(view, { name: event.name, data: event.data } as GenerationEvent, moment)
    : view;
  return event.id === null ? next : { ...next, sequence: event.id };
}

export function reduce(view: GenerationView, event: GenerationEvent, moment: Moment): GenerationView {
  switch (event.name) {
    case "generation_started":
      return started(view, event.data, moment);
    case "step_started":
      return changeStep(view, event.data.step, {
        state: "running",
        attempt: 1,
        startedAt: moment.at,
        live: null,
      });
    case "step_attempt_failed":
      return attemptFailed(view, event.data);
    case "step_completed":
      return stepCompleted(view, event.data);
    case "step_failed":
      return stepFailed(view, event.data);
    case "step_progressed":
      return writeProgress(view, event.data);
    case "generation_completed":
    case "generation_failed":
    case "generation_cancelled":
      return ended(view, event, moment);
    case "generation_rejected":
      return rejected(view, event.data, moment);
  }
}

function started(view: GenerationView, data: Events["generation_started"], moment: Moment): GenerationView {
  const known = new Map(view.steps.map((step) => [step.step, step]));
  const steps = data.steps.map((planned): StepView => {
    const before = known.get(planned.step);
    if (planned.reused && before) return { ...before, reused: true };
    return {
      step: planned.step,
      title: planned.title[moment.language],
      icon: planned.icon,
      capTokens: planned.cap_tokens,
      dependsOn: planned.depends_on,
      reused: planned.reused,
      state: planned.reused ? "completed" : "waiting",
      attempt: 0,
      model: null,
      summary: null,
      chargeTokens: 0,
      netTokens: null,
      findings: [],
      calls: [],
      faultCode: null,
      durationMs: null,
      startedAt: null,
      live: null,
    };
  });
  const kept = new Set(steps.filter((step) => step.reused).map((step) => step.step));
  return {
    ...view,
    status: "running",
    run: data.run,
    cancelRequested: false,
    steps,
    files: view.files.filter((file) => kept.has(file.step)),
    outcome: null,
    notice: null,
    retry: null,
    startedAt: moment.at,
    endedAt: null,
  };
}

function attemptFailed(view: GenerationView, data: Events["step_attempt_failed"]): GenerationView {
  const known = view.steps.find((step) => step.step === data.step);
  const calls = [...(known?.calls ?? []), ...data.calls];
  const change = { attempt: data.next_attempt, findings: data.findings, calls, live: null };
  return withoutUnfinished(changeStep(view, data.step, change), data.step);
}

function stepCompleted(view: GenerationView, data: Events["step_completed"]): GenerationView {
  const known = view.steps.find((step) => step.step === data.step);
  const texts = new Map(
    view.files.filter((file) => file.step === data.step).map((file) => [file.path, file]),
  );
  const files = data.files.map((entry): FileView => {
    const seen = texts.get(entry.path);
    return {
      path: entry.path,
      step: data.step,
      bytes: entry.bytes,
      sha256: entry.sha256,
      text: seen?.text ?? null,
      startsAt: seen?.startsAt ?? 0,
    };
  });
  const moved = changeStep(view, data.step, {
    state: data.findings.length > 0 ? "completed_with_warnings" : "completed",
    attempt: data.attempt,
    model: data.model,
    summary: data.summary,
    chargeTokens: data.charge_tokens,
    findings: data.findings,
    calls: [...(known?.calls ?? []), ...data.calls],
    durationMs: data.duration_ms,
    live: null,
  });
  return { ...moved, files: [...moved.files.filter((file) => file.step !== data.step), ...files] };
}

function stepFailed(view: GenerationView, data: Events["step_failed"]): GenerationView {
  const states = new Map<string, StepState>([
    ...data.cancelled_steps.map((step) => [step, "cancelled"] as const),
    ...data.skipped_steps.map((step) => [step, "skipped"] as const),
    [data.step, "failed"],
  ]);
  const steps = view.steps.map((step): StepView => {
    const state = states.get(step.step);
    if (state === undefined) return step;
    if (state !== "failed") return { ...step, state, live: null };
    const calls = [...step.calls, ...data.calls];
    return {
      ...step,
      state,
      attempt: data.attempt,
      faultCode: data.fault,
      findings: data.findings,
      calls,
      live: null,
    };
  });
  return [...states.keys()].reduce(withoutUnfinished, { ...view, steps });
}

function changeStep(view: GenerationView, name: string, change: Partial<StepView>): GenerationView {
  return { ...view, steps: view.steps.map((step) => (step.step === name ? { ...step, ...change } : step)) };
}

/** A text that nobody finished is not shown as if it were the file. */
function withoutUnfinished(view: GenerationView, step: string): GenerationView {
  return { ...view, files: view.files.filter((file) => file.step !== step || file.sha256 !== null) };
}
