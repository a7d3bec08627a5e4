/** What a generation is called, how it stands, and the one way to stop it; aloud for who cannot see it. */

import { CircleStop } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { announcements } from "@/shared/generation/announcements";
import { StatusMark } from "@/shared/generation/status-mark";
import { useFeedStatus, useGeneration } from "@/shared/generation/use-generation";
import { isOpen, isPackaging, progressOf } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { useProblemText } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toast-queue";
import { useTitle } from "@/shared/ui/use-title";
import { useCancel, wasTooLate } from "../api/actions";

export function GenerationHeader() {
  const texts = useTexts();
  const formats = useFormats();
  const view = useGeneration();
  const feed = useFeedStatus();
  const open = isOpen(view);
  const status = view.cancelRequested && open ? "stopping" : isPackaging(view) ? "packaging" : view.status;
  const share = open ? `${formats.percent(progressOf(view))} ` : "";
  const heading = useFocusKept(view.status);
  useTitle(`${share}${texts.generation.status[status]}: ${view.projectName}`);
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 max-w-full">
        <h1 ref={heading} tabIndex={-1} className="truncate text-xl font-semibold text-slate-100">
          {view.projectName}
        </h1>
        <p className="line-clamp-1 max-w-2xl text-sm text-slate-400" title={view.prompt}>
          {view.prompt}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        {open && feed === "waiting" && (
          <span className="text-xs text-amber-200">{texts.generation.live.waiting}</span>
        )}
        <StatusMark status={status} />
        {open && <StopButton requested={view.cancelRequested} />}
      </div>
      <LiveRegion />
    </div>
  );
}

/** A button that goes with the state it stood for takes the focus along: then it is given to the heading. */
function useFocusKept(status: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(status);
  useEffect(() => {
    if (before.current === status) return;
    before.current = status;
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [status]);
  return heading;
}

function StopButton({ requested }: { requested: boolean }) {
  const texts = useTexts();
  const problemText = useProblemText();
  const cancel = useCancel();

  function stop() {
    if (requested || cancel.isPending) return;
    cancel.mutate(undefined, {
      onError: (error) => toast(wasTooLate(error) ? texts.generation.tooLate : problemText(error), "bad"),
    });
  }

  return (
    <Button
      look="danger"
      size="small"
      onClick={stop}
      aria-disabled={requested}
      title={texts.generation.stopText}
    >
      <CircleStop aria-hidden="true" className="size-4" />
      {requested ? texts.generation.stopping : texts.generation.stop}
    </Button>
  );
}

/** Sentences are said one after the other: a later one does not push out one that nobody has heard. */
function LiveRegion() {
  const texts = useTexts();
  const view = useGeneration();
  const before = useRef(view);
  const [said, setSaid] = useState<readonly string[]>([]);
  useEffect(() => {
    const news = announcements(before.current, view, texts);
    before.current = view;
    if (news.length > 0) setSaid((earlier) => [...earlier, ...news]);
  }, [view, texts]);
  return (
    <div role="log" aria-live="polite" aria-atomic="false" className="sr-only">
      {said.map((sentence, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences are only ever added
        <p key={index}>{sentence}</p>
      ))}
    </div>
  );
}
