/** When each step worked, as bars on one line of time; the numbers stand beside them. */

import { useFormats } from "@/shared/format/numbers";
import { type GenerationView, isOpen } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { classes } from "@/shared/ui/classes";
import { useNow } from "@/shared/ui/use-now";
import { spansOf, useTimedSteps } from "../api/spans";

const LOOKS: Record<string, string> = {
  completed: "bg-cyan-500",
  completed_with_warnings: "bg-amber-500",
  failed: "bg-red-400",
};
/** A bar thinner than this cannot be seen. */
const SHARE_MIN = 0.008;
/** What runs is seen to grow; what has ended does not move. */
const TICK_MS = 1000;
const IDLE_MS = 3_600_000;

export function Timeline({ view }: { view: GenerationView }) {
  const { story: words, generation } = useTexts();
  const formats = useFormats();
  const states: Record<string, string> = generation.stepState;
  const { data } = useTimedSteps(
    view.generationId,
    view.steps.map((step) => `${step.state} ${step.attempt}`).join(),
  );
  const now = useNow(isOpen(view) ? TICK_MS : IDLE_MS);
  const { spans, totalMs } = spansOf(data ?? [], now);
  if (spans.length === 0) return null;
  return (
    <Card>
      <CardHeading>{words.timeline}</CardHeading>
      <p className="mb-4 text-sm text-slate-400">{words.timelineText}</p>
      <ol className="space-y-3">
        {spans.map((span) => {
          const start = words.from(formats.duration(span.startMs));
          const duration = formats.duration(span.durationMs);
          return (
            <li
              key={span.step}
              data-step={span.step}
              className="grid grid-cols-1 items-center gap-x-4 gap-y-1 sm:grid-cols-[14rem_minmax(0,1fr)_9rem]"
            >
              <span className="truncate text-sm text-slate-200">
                <span aria-hidden="true">{span.icon || "📝"}</span> {span.title}
              </span>
              <span aria-hidden="true" className="relative h-4 rounded bg-slate-900/60">
                <span
                  className={classes(
                    "absolute h-full rounded forced-color-adjust-none",
                    LOOKS[span.state] ?? "bg-slate-400",
                  )}
                  style={{
                    left: `${(span.startMs / totalMs) * 100}%`,
                    width: `${Math.max(SHARE_MIN, span.durationMs / totalMs) * 100}%`,
                  }}
                />
              </span>
              <span className="text-xs text-slate-400 tabular-nums sm:text-right">
                <span className="sr-only">{words.timelineBar(span.title, start, duration)}. </span>
                <span aria-hidden="true">
                  {start} · {duration}{" "}
                </span>
                <span className="text-slate-300 sm:block">{states[span.state] ?? span.state}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
