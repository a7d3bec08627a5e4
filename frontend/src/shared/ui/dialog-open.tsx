/** The question itself; Escape and the quiet button leave everything as it is. */

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { FormEvent } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Button, buttonClasses } from "./button";
import type { DialogProps } from "./dialog";
import { useProblemText } from "./query-problem";
import { Spinner } from "./spinner";

export default function OpenDialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  action,
  look = "primary",
  blocked = false,
  attempt,
  onAction,
  initialFocus,
}: DialogProps) {
  const texts = useTexts();
  const problemText = useProblemText();
  const { isPending: busy, error } = attempt;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!blocked && !busy) onAction();
  }

  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-slate-950/80" />
        <AlertDialog.Popup
          {...(initialFocus && { initialFocus })}
          className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border border-slate-600 bg-slate-900 p-5 shadow-2xl outline-none"
        >
          <form onSubmit={submit} noValidate className="space-y-4">
            <AlertDialog.Title className="text-lg font-semibold break-words text-slate-100">
              {title}
            </AlertDialog.Title>
            <AlertDialog.Description render={<div />} className="text-sm text-slate-300">
              {description}
            </AlertDialog.Description>
            {children}
            {error !== null && (
              <p role="alert" className="text-sm text-red-300">
                {problemText(error)}
              </p>
            )}
            <div className="flex flex-wrap justify-end gap-2">
              <AlertDialog.Close className={buttonClasses("outline")}>{texts.cancel}</AlertDialog.Close>
              <Button type="submit" look={look} disabled={blocked} aria-disabled={busy}>
                {busy && <Spinner className="size-4" />}
                {action}
              </Button>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
