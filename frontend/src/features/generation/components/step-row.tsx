/** One step: its title and state in words, what it made, which model answered, what it cost and how long it took. */

import { memo } from "react";
import { useFormats } from "@/shared/format/numbers";
import { isFinished, type StepView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { StepIcon } from "./status-mark";

export const StepRow = memo(function StepRow({ step }: { step: StepView }) {
  const texts = useTexts();
  const formats = useFormats();
  return (
    <li data-step={step.step} data-state={step.state} className="flex gap-3">
      <StepIcon state={step.state} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span aria-hidden="true">{step.icon || "📝"}</span>
          <span className="font-medium text-slate-200">{step.title}</span>
          <span className="text-xs text-slate-400">{texts.generation.stepState[step.state]}</span>
        </p>
        {step.summary && <p className="mt-1 line-clamp-2 text-sm text-slate-300">{step.summary}</p>}
        <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs text-slate-400">
          {step.model && <li>{texts.generation.model(step.model)}</li>}
          <li className="tabular-nums">
            {isFinished(step)
              ? texts.generation.charged(formats.count(step.chargeTokens), formats.count(step.capTokens))
              : texts.generation.cap(formats.count(step.capTokens))}
          </li>
          {step.durationMs !== null && <li className="tabular-nums">{formats.duration(step.durationMs)}</li>}
        </ul>
      </div>
    </li>
  );
});
