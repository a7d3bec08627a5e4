/** *Progreso*: the steps as they go, with one bar that never goes back. */

import { useFormats } from "@/shared/format/numbers";
import { useGeneration } from "@/shared/generation/use-generation";
import { progressOf } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { ProgressBar } from "./progress-bar";
import { StepRow } from "./step-row";

export function ProgressTab() {
  const texts = useTexts();
  const formats = useFormats();
  const view = useGeneration();
  const share = progressOf(view);
  return (
    <Card>
      <CardHeading
        id="progress-title"
        aside={<span className="text-sm text-slate-400 tabular-nums">{formats.percent(share)}</span>}
      >
        {texts.generation.progressTitle}
      </CardHeading>
      <ProgressBar share={share} labelledBy="progress-title" />
      {view.steps.length === 0 ? (
        <p className="py-8 text-center text-slate-400">{texts.generation.waiting}</p>
      ) : (
        <ol className="mt-6 space-y-5">
          {view.steps.map((step) => (
            <StepRow key={step.step} step={step} />
          ))}
        </ol>
      )}
    </Card>
  );
}
