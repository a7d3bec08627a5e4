/** *Progreso*: how it ended or how far it is, the steps as they go, and the files as they grow. */

import { useFormats } from "@/shared/format/numbers";
import { useLiveGeneration } from "@/shared/generation/use-generation";
import { isOpen, progressOf } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { FileList } from "./file-list";
import { OutcomePanel } from "./outcome-panel";
import { ProgressBar } from "./progress-bar";
import { Steps } from "./steps";

export function ProgressTab() {
  const texts = useTexts();
  const formats = useFormats();
  const view = useLiveGeneration();
  const share = progressOf(view);
  return (
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="min-w-0 space-y-6">
        {(!isOpen(view) || view.notice) && <OutcomePanel view={view} />}
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
            <Steps steps={view.steps} />
          )}
        </Card>
      </div>
      <FileList view={view} />
    </div>
  );
}
