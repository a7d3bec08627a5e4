/** How a run's last event is shown: what it came to, what it cost, what can be done next. */

import type { GenerationEvents as Events } from "@/shared/api/types";
import type { GenerationEvent, Moment } from "./events";
import type { GenerationView, Outcome, StepState, StepView } from "./view";

type Ending = Extract<
  GenerationEvent,
  { name: "generation_completed" | "generation_failed" | "generation_cancelled" }
>;

/** How a run that was begun came out: nothing in it is running any more. */
export function ended(view: GenerationView, event: Ending, moment: Moment): GenerationView {
  const outcomes = new Map(event.data.steps.map((outcome) => [outcome.step, outcome]));
  const steps = view.steps.map((step): StepView => {
    const outcome = outcomes.get(step.step);
    if (!outcome) return { ...step, live: null };
    return { ...step, state: outcome.state as StepState, netTokens: outcome.net_tokens, live: null };
  });
  const outcome = outcomeOf(event);
  return {
    ...view,
    status: outcome.status,
    steps,
    files: view.files.filter((file) => file.sha256 !== null),
    outcome,
    notice: null,
    retry: retryOf(event.name === "generation_completed" ? null : event.data.retry),
    endedAt: moment.at,
  };
}

function outcomeOf(event: Ending): Outcome {
  if (event.name === "generation_completed") {
    const { archive, warnings } = event.data;
    return {
      status: warnings > 0 ? "completed_with_warnings" : "completed",
      faultCode: null,
      fault: null,
      traceId: null,
      netTokens: event.data.net_tokens,
      refundedTokens: 0,
      warnings,
      archive: {
        fileName: archive.file_name,
        bytes: archive.bytes,
        sha256: archive.sha256,
        files: archive.files,
      },
    };
  }
  return {
    status: event.name === "generation_failed" ? "failed" : "cancelled",
    faultCode: event.data.fault,
    fault: null,
    traceId: null,
    netTokens: event.data.net_tokens,
    refundedTokens: event.data.refunded_tokens,
    warnings: 0,
    archive: null,
  };
}

/** A run that was not begun. */
export function rejected(
  view: GenerationView,
  data: Events["generation_rejected"],
  moment: Moment,
): GenerationView {
  return {
    ...view,
    // A rejected retry changed nothing: what an earlier run came to stays on show.
    status: view.outcome?.status ?? "rejected",
    run: data.run,
    notice: { faultCode: data.fault, fault: null, traceId: null },
    retry: retryOf(data.retry) ?? view.retry,
    endedAt: moment.at,
  };
}

function retryOf(offer: { quote_tokens: number; steps: readonly string[] } | null): GenerationView["retry"] {
  return offer && { quoteTokens: offer.quote_tokens, steps: offer.steps };
}
