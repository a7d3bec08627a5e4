/** Asks an operator why: the reason stays written down with who did it. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { type Attempt, Dialog } from "@/shared/ui/dialog";
import { TextField } from "@/shared/ui/fields";

/** What the API takes. */
const REASON_CHARACTERS_MAX = 200;

interface ReasonDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  action: string;
  look?: "primary" | "danger";
  attempt: Attempt;
  onReason: (reason: string) => void;
}

export function ReasonDialog({ onReason, ...dialog }: ReasonDialogProps) {
  const texts = useTexts();
  const [reason, setReason] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!dialog.open) setReason(""); // whoever closed it: what one thing was done for says nothing of the next
  }, [dialog.open]);
  return (
    <Dialog
      {...dialog}
      blocked={reason.trim() === ""}
      initialFocus={field}
      onAction={() => onReason(reason.trim())}
    >
      <TextField
        ref={field}
        label={texts.operations.reason}
        value={reason}
        onChange={setReason}
        maxLength={REASON_CHARACTERS_MAX}
        required
      />
    </Dialog>
  );
}
