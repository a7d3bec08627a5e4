/** The open files as tabs, equal names told apart by their folders. Arrow keys move, Delete closes. */

import { X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { labelsOf, neighbourOf } from "@/shared/generation/files";
import type { FileView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";

interface FileTabsProps {
  open: readonly FileView[];
  shown: string | null;
  onChoose: (path: string) => void;
  onClose: (path: string) => void;
}

export function FileTabs({ open, shown, onChoose, onClose }: FileTabsProps) {
  const texts = useTexts();
  const list = useRef<HTMLDivElement>(null);
  const labels = labelsOf(open.map((file) => file.path));

  function move(event: KeyboardEvent, path: string) {
    if (event.key === "Delete" && open.length > 1) {
      focusOn(neighbourOf(open, path)); // before its tab takes the focus along
      onClose(path);
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = open.findIndex((file) => file.path === path);
    const next = open[(index + step + open.length) % open.length];
    if (!next) return;
    onChoose(next.path);
    focusOn(next);
  }

  function focusOn(file: FileView | undefined) {
    if (file) list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(file.path)}"]`)?.focus();
  }

  return (
    <div
      ref={list}
      role="tablist"
      aria-label={texts.generation.openFiles}
      className="mb-2 flex gap-1 overflow-x-auto p-1"
    >
      {open.map(({ path }) => (
        <div key={path} role="presentation" className="flex shrink-0 items-center rounded bg-slate-900/60">
          <button
            type="button"
            role="tab"
            data-path={path}
            aria-selected={path === shown}
            aria-controls="shown-file"
            tabIndex={path === shown ? 0 : -1}
            title={path}
            onClick={() => onChoose(path)}
            onKeyDown={(event) => move(event, path)}
            className={classes(
              "min-h-8 cursor-pointer rounded px-3 font-mono text-xs",
              path === shown
                ? "bg-slate-700 font-semibold text-slate-100"
                : "text-slate-300 hover:text-slate-100",
            )}
          >
            {labels.get(path)}
          </button>
          {open.length > 1 && (
            <button
              type="button"
              tabIndex={-1}
              aria-label={texts.generation.closeFile(path)}
              onClick={() => onClose(path)}
              className="cursor-pointer rounded p-1.5 text-slate-300 hover:bg-slate-700"
            >
              <X aria-hidden="true" className="size-3.5" />
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
