/** What a generation is called, how it stands, and what can be done with it now. */

import { useWatched } from "@/shared/generation/use-generation";
import { isOpen, isPackaging } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { StatusMark } from "./status-mark";

export function GenerationHeader() {
  const texts = useTexts();
  const { view, feed } = useWatched();
  const status =
    view.cancelRequested && isOpen(view) ? "stopping" : isPackaging(view) ? "packaging" : view.status;
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        <h1 className="truncate text-xl font-semibold text-slate-100">{view.projectName}</h1>
        <p className="line-clamp-1 max-w-2xl text-sm text-slate-400">{view.prompt}</p>
      </div>
      <div className="flex items-center gap-3">
        {isOpen(view) && feed === "waiting" && (
          <span className="text-xs text-amber-200">{texts.generation.live.waiting}</span>
        )}
        <StatusMark status={status} />
      </div>
    </div>
  );
}
