/** Short messages that go away by themselves; whatever a person must act on is said in the page as well. */

import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "./classes";

const manager = Toast.createToastManager();
/** Long enough to read two lines. */
const SHOWN_MS = 6000;

export type ToastTone = "good" | "bad";

export function toast(text: string, tone: ToastTone = "good"): void {
  manager.add({ title: text, type: tone, timeout: SHOWN_MS });
}

/** What was said before a new attempt is not true of it. */
export function dismissToasts(): void {
  manager.close();
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-50 mx-auto flex max-w-sm flex-col gap-2 sm:right-4 sm:left-auto sm:w-96">
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Shown() {
  const { toasts } = Toast.useToastManager();
  const texts = useTexts();
  return toasts.map((one) => (
    <Toast.Root
      key={one.id}
      toast={one}
      className={classes(
        "flex items-start gap-3 rounded-lg border bg-slate-900 px-4 py-3 text-sm text-slate-100 shadow-lg",
        one.type === "bad" ? "border-red-400" : "border-green-500",
      )}
    >
      <Toast.Title className="min-w-0 flex-1" />
      <Toast.Close aria-label={texts.close} className="rounded p-1 text-slate-300 hover:bg-slate-700">
        <X aria-hidden="true" className="size-4" />
      </Toast.Close>
    </Toast.Root>
  ));
}
