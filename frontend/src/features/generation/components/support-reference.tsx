/** What support needs to find a run that went wrong: its fault's code, the generation and the trace, to be copied at once. */

import { Copy } from "lucide-react";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { useCopy } from "@/shared/ui/use-copy";

interface SupportReferenceProps {
  code: string;
  generationId: string;
  /** Null until the API has told it. */
  traceId: string | null;
}

export function SupportReference({ code, generationId, traceId }: SupportReferenceProps) {
  const { outcome: words } = useTexts().generation;
  const copy = useCopy();
  const parts = [
    words.code(code),
    words.reference(generationId),
    ...(traceId === null ? [] : [words.trace(traceId)]),
  ];
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs text-slate-400">
      <ul className="min-w-0 break-all">
        {parts.map((part) => (
          <li key={part}>{part}</li>
        ))}
      </ul>
      <Button look="quiet" size="small" onClick={() => copy(parts.join("\n"), words.referenceCopied)}>
        <Copy aria-hidden="true" className="size-4" />
        {words.referenceCopy}
      </Button>
    </div>
  );
}
