/**
 * Short messages that go away by themselves, unless somebody points at them, is in them or looks at another tab. Whatever
 * a person must act on is said in the page as well.
 */

import { X } from "lucide-react";
import { type FocusEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "./classes";
import { dismissToast, type ToastTone, type Told, toasts } from "./toast-queue";

/** Long enough to read two lines; what went wrong is read twice. */
export const SHOWN_MS: Record<ToastTone, number> = { good: 6_000, bad: 12_000 };

const REGIONS: readonly { tone: ToastTone; role: "status" | "alert" }[] = [
  { tone: "good", role: "status" },
  { tone: "bad", role: "alert" },
];

export function Toasts() {
  const told = useSyncExternalStore(toasts.watch, toasts.shown);
  const hidden = useSyncExternalStore(watchVisibility, () => document.hidden);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  // The message under the pointer or with the focus may go without a word of farewell from the browser.
  useEffect(() => {
    if (told.length > 0) return;
    setPointed(false);
    setFocused(false);
  }, [told]);

  function leave(event: FocusEvent<HTMLElement>) {
    if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches what its buttons are for, and does nothing else
    <div
      onPointerEnter={(event) => setPointed(event.pointerType === "mouse")}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={leave}
      className="fixed inset-x-4 bottom-4 z-50 mx-auto max-w-sm sm:right-4 sm:left-auto sm:w-96"
    >
      {/* Both are in the page before anything is said: a reader hears what is added, not what comes with its region. */}
      {REGIONS.map(({ tone, role }) => (
        <div key={tone} role={role} aria-atomic="false">
          {told
            .filter((one) => one.tone === tone)
            .map((one) => (
              <Message key={one.id} told={one} waiting={pointed || focused || hidden} />
            ))}
        </div>
      ))}
    </div>
  );
}

function Message({ told, waiting }: { told: Told; waiting: boolean }) {
  const texts = useTexts();
  const left = useRef(SHOWN_MS[told.tone]);
  useEffect(() => {
    if (waiting) return;
    const began = performance.now();
    const timer = setTimeout(() => dismissToast(told.id), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - began;
    };
  }, [waiting, told.id]);
  return (
    <div
      className={classes(
        "mt-2 flex items-start gap-3 rounded-lg border bg-slate-900 px-4 py-3 text-sm text-slate-100 shadow-lg",
        told.tone === "bad" ? "border-red-400" : "border-green-500",
      )}
    >
      <p className="min-w-0 flex-1">{told.text}</p>
      <button
        type="button"
        aria-label={texts.close}
        onClick={() => dismissToast(told.id)}
        className="cursor-pointer rounded p-1 text-slate-300 hover:bg-slate-700"
      >
        <X aria-hidden="true" className="size-4" />
      </button>
    </div>
  );
}

function watchVisibility(watcher: () => void): () => void {
  document.addEventListener("visibilitychange", watcher);
  return () => document.removeEventListener("visibilitychange", watcher);
}
