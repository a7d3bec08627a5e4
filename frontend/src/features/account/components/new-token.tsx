/** The secret of a new access token, this once: nobody can show it again. */

import { Copy } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { useCopy } from "@/shared/ui/use-copy";
import type { NewAccessToken } from "../api/access-tokens";

export function NewToken({ created, onDone }: { created: NewAccessToken; onDone: () => void }) {
  const texts = useTexts();
  const id = useId();
  const copy = useCopy();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => field.current?.focus(), []);

  return (
    <Notice tone="good" className="mb-4" title={texts.account.created(created.name)}>
      <label htmlFor={id}>{texts.account.createdText}</label>
      <div className="mt-3 flex flex-wrap gap-2">
        <input
          ref={field}
          id={id}
          readOnly
          value={created.token}
          onFocus={(event) => event.target.select()}
          className="field min-w-0 flex-1 basis-56 font-mono"
        />
        <Button onClick={() => copy(created.token, texts.account.copied)}>
          <Copy aria-hidden="true" className="size-4" />
          {texts.generation.copy}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {texts.account.kept}
        </Button>
      </div>
    </Notice>
  );
}
