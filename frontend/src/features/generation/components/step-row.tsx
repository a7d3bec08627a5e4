/** One step: its title and state in words, what it made, which model answered, what it cost and how long it took. */

import { memo } from "react";
import { useFormats } from "@/shared/format/numbers";
import { StepIcon } from "@/shared/generation/status-mark";
import { isFinished, type StepState, type StepView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import { useNow } from "@/shared/ui/use-now";

const SECOND_MS = 1000;

const EDGES: Record<StepState, string> = {
  waiting: "border-slate-700",
  running: "border-cyan-500 bg-cyan-500/5",
  verifying: "border-cyan-500 bg-cyan-500/5",
  completed: "border-slate-700",
  completed_with_warnings: "border-amber-500/60",
  failed: "border-red-400 bg-red-500/5",
  skipped: "border-slate-700 border-dashed",
  cancelled: "border-slate-700 border-dashed",
};

export const StepRow = memo(function StepRow({ step }: { step: StepView }) {
  const texts = useTexts();
  return (
    <li
      data-step={step.step}
      data-state={step.state}
      className={classes("flex min-w-0 gap-3 rounded-lg border bg-slate-900/40 p-3", EDGES[step.state])}
    >
      <StepIcon state={step.state} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium text-slate-200">
            <span aria-hidden="true" className="mr-2">
              {step.icon || "📝"}
            </span>
            {step.title}
          </span>
          <span className="text-xs text-slate-400">{texts.generation.stepState[step.state]}</span>
        </p>
        {step.state === "running" && <Running step={step} />}
        {step.summary && <p className="mt-1 text-sm text-slate-300">{step.summary}</p>}
        {step.reused && <p className="mt-1 text-xs text-slate-300">{texts.generation.reused}</p>}
        <Notes step={step} />
        <Figures step={step} />
      </div>
    </li>
  );
});

/** What is being written now. It changes many times a second, so it is not said aloud. */
function Running({ step }: { step: StepView }) {
  const texts = useTexts();
  const formats = useFormats();
  const { live } = step;
  return (
    <p aria-hidden="true" className="mt-1 truncate font-mono text-xs text-cyan-200">
      {live === null || live.bytes === 0
        ? texts.generation.thinking
        : live.path !== null
          ? texts.generation.writing(live.path)
          : live.tokens !== null && texts.generation.written(formats.count(live.tokens))}
    </p>
  );
}

/** Attempts, fallbacks and warnings, in words. */
function Notes({ step }: { step: StepView }) {
  const texts = useTexts();
  const { generation } = texts;
  const stepped = steppedIn(step);
  const running = step.state === "running";
  const notes = [
    step.attempt > 1 && (running ? generation.attempt(step.attempt) : generation.attempts(step.attempt)),
    stepped && (running ? generation.fallback : generation.fallbackDone)(stepped.failed, stepped.answering),
    isFinished(step) && step.findings.length > 0 && generation.findings(step.findings.length),
  ].filter((note) => typeof note === "string");
  if (notes.length === 0) return null;
  return (
    <ul className="mt-1 space-y-0.5 text-xs text-amber-200">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

/** Which model did not answer and which one did in its place, while it happens and afterwards. */
function steppedIn(step: StepView): { failed: string; answering: string } | null {
  if (step.live?.replaced) return { failed: step.live.replaced.model, answering: step.live.model };
  if (step.model === null) return null;
  const failed = step.calls.findLast((call) => call.outcome !== "completed" && call.model !== step.model);
  return failed ? { failed: failed.model, answering: step.model } : null;
}

function Figures({ step }: { step: StepView }) {
  const texts = useTexts();
  const formats = useFormats();
  const model = step.model ?? step.live?.model ?? null;
  const returned = step.netTokens !== null && step.netTokens < step.chargeTokens;
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-slate-400">
      {model && <li>{texts.generation.model(model)}</li>}
      <li className="tabular-nums">
        {isFinished(step) ? (
          <>
            <span className={classes(returned && "line-through")}>
              {texts.generation.charged(formats.count(step.chargeTokens), formats.count(step.capTokens))}
            </span>
            {returned && ` ${texts.generation.refunded}`}
          </>
        ) : (
          texts.generation.cap(formats.count(step.capTokens))
        )}
      </li>
      {step.durationMs !== null && <li className="tabular-nums">{formats.duration(step.durationMs)}</li>}
      {step.state === "running" && step.startedAt !== null && <Elapsed since={step.startedAt} />}
    </ul>
  );
}

function Elapsed({ since }: { since: number }) {
  const formats = useFormats();
  const now = useNow(SECOND_MS);
  const seconds = Math.max(0, Math.floor((now - since) / SECOND_MS));
  return (
    <li aria-hidden="true" className="tabular-nums">
      {formats.seconds(seconds)}
    </li>
  );
}
