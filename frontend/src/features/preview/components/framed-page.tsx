/** The frame, as wide as chosen and scaled to what room there is, with what happened in it below. Never only a blank frame. */

import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import type { Assembled } from "@/shared/preview/assemble";
import { Button } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { Spinner } from "@/shared/ui/spinner";
import { useFrame } from "../hooks/use-frame";
import { FrameReport } from "./frame-report";
import { WIDTHS, type Width } from "./width-choice";

/** Served with a policy of its own: a sandbox without an origin, and no network. */
const FRAME_ADDRESS = "/preview-frame.html";

interface FramedPageProps {
  view: GenerationView;
  assembled: Assembled;
  width: Width;
  onPage: (path: string) => void;
  onReload: () => void;
}

export function FramedPage({ view, assembled, width, onPage, onReload }: FramedPageProps) {
  const { preview: words } = useTexts();
  const formats = useFormats();
  const frame = useRef<HTMLIFrameElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const available = useWidth(room);
  const { state, onLoad } = useFrame(frame, assembled.document, onPage);
  const pixels = WIDTHS[width];
  const scale = available === 0 ? 1 : Math.min(1, available / pixels);
  const gone = state.phase === "left" || state.phase === "looping";
  const again = (
    <Button size="small" onClick={onReload}>
      {words.reload}
    </Button>
  );
  return (
    <>
      {state.phase === "left" && (
        <Notice tone="warning" alert title={words.left} actions={again}>
          {words.leftText}
        </Notice>
      )}
      {state.phase === "looping" && (
        <Notice tone="warning" alert title={words.looping} actions={again}>
          {words.loopingText}
        </Notice>
      )}
      {state.phase === "empty" && (
        <Notice tone="warning" alert title={words.empty} actions={again} className="mb-3">
          {words.emptyText}
        </Notice>
      )}
      <div ref={room} className="w-full">
        {/* A page that has gone keeps no place, and what a loop loads is not loaded any more. */}
        {!(state.phase === "looping") && (
          <div
            hidden={gone}
            className="relative mx-auto h-[70vh] max-h-[60rem] min-h-96 overflow-hidden rounded-lg border border-slate-500 bg-white"
            style={{ width: Math.ceil(pixels * scale) }}
          >
            {state.phase === "loading" && (
              <p
                role="status"
                className="absolute inset-0 flex items-center justify-center gap-2 bg-slate-900 text-slate-200"
              >
                <Spinner />
                {words.loading}
              </p>
            )}
            <iframe
              ref={frame}
              title={words.frame(view.projectName)}
              sandbox="allow-scripts"
              referrerPolicy="no-referrer"
              src={FRAME_ADDRESS}
              onLoad={onLoad}
              className="origin-top-left border-0 bg-white"
              style={{ width: pixels, height: `${100 / scale}%`, transform: `scale(${scale})` }}
            />
          </div>
        )}
      </div>
      {!gone && (
        <p className="mt-1 text-center text-xs text-slate-400 tabular-nums">
          {words.pixels(formats.count(pixels))}
          {scale < 1 && ` · ${words.scaled(formats.percent(scale))}`}
        </p>
      )}
      <FrameReport state={state} missing={assembled.missing} />
    </>
  );
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const observer = new ResizeObserver(() => setWidth(measured.clientWidth));
    observer.observe(measured);
    setWidth(measured.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
