/** The last question before something is erased for good: its name has to be typed. */

import { type ReactNode, useRef, useState } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { type Attempt, Dialog } from "./dialog";
import { TextField } from "./fields";

interface ConfirmByNameProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  erased: readonly string[];
  kept: readonly string[];
  /** What has to be typed. */
  name: string;
  action: string;
  attempt: Attempt;
  onConfirm: () => void;
}

export function ConfirmByName({ name, erased, kept, onConfirm, description, ...dialog }: ConfirmByNameProps) {
  const texts = useTexts();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      {...dialog}
      look="danger"
      blocked={typed.trim() !== name.trim()}
      initialFocus={field}
      onAction={onConfirm}
      onOpenChange={(open) => {
        setTyped("");
        dialog.onOpenChange(open);
      }}
      description={
        <div className="space-y-3">
          <p>{description}</p>
          <Consequences title={texts.erasure.erased} items={erased} />
          <Consequences title={texts.erasure.kept} items={kept} />
        </div>
      }
    >
      <TextField
        ref={field}
        label={
          <>
            {texts.erasure.type} <strong className="font-semibold text-slate-100">{name}</strong>
          </>
        }
        value={typed}
        onChange={setTyped}
        spellCheck={false}
      />
    </Dialog>
  );
}

function Consequences({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <div>
      <p className="font-semibold text-slate-200">{title}</p>
      <ul className="list-disc space-y-1 pl-5">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  );
}
