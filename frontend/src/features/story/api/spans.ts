/** When each step worked, as shares of the whole time. Pure. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import type { Step } from "@/shared/api/types";
import { useLanguage } from "@/shared/i18n/texts";

/** The steps with their times; another state of any of them is another answer. */
export function useTimedSteps(generationId: string, states: string) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["generation", generationId, language, "steps", states],
    queryFn: () =>
      body(
        api.GET("/api/generations/{generation_id}/steps", {
          params: { path: { generation_id: generationId } },
        }),
      ),
    placeholderData: (before) => before,
  });
}

export interface Span {
  step: string;
  title: string;
  icon: string;
  state: string;
  run: number;
  /** Milliseconds after the first step began. */
  startMs: number;
  durationMs: number;
}

/** Steps that have begun, in pipeline order; one that has not ended lasts until `now`. */
export function spansOf(steps: readonly Step[], now: number): { spans: Span[]; totalMs: number } {
  const begun = steps.filter((step) => step.started_at !== null);
  const starts = begun.map((step) => Date.parse(step.started_at ?? ""));
  const first = Math.min(...starts);
  const spans = begun.map((step, index): Span => {
    const start = starts[index] ?? first;
    const end = step.ended_at === null ? now : Date.parse(step.ended_at);
    const { step: name, title, icon, state, run } = step;
    return {
      step: name,
      title,
      icon,
      state,
      run,
      startMs: start - first,
      durationMs: Math.max(0, end - start),
    };
  });
  return { spans, totalMs: Math.max(1, ...spans.map((span) => span.startMs + span.durationMs)) };
}
