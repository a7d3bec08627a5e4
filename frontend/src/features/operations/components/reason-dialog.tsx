/** Asks an operator why: the reason stays written down with who did it. */

import { type ReactNode, useId, useRef, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Dialog } from "@/shared/ui/dialog";

/** What the API takes. */
const REASON_CHARACTERS_MAX = 200;

interface ReasonDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  action: string;
  look?: "primary" | "danger";
  busy: boolean;
  problem: string | null;
  onReason: (reason: string) => void;
}

export function ReasonDialog({ onReason, ...dialog }: ReasonDialogProps) {
  const texts = useTexts();
  const id = useId();
  const [reason, setReason] = useState("");
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      {...dialog}
      blocked={reason.trim() === ""}
      initialFocus={field}
      onAction={() => onReason(reason.trim())}
      onOpenChange={(open) => {
        setReason("");
        dialog.onOpenChange(open);
      }}
    >
      <div>
        <label htmlFor={id} className="mb-2 block text-sm text-slate-300">
          {texts.operations.reason}
        </label>
        <input
          ref={field}
          id={id}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={REASON_CHARACTERS_MAX}
          required
          autoComplete="off"
          className="field w-full"
        />
      </div>
    </Dialog>
  );
}
