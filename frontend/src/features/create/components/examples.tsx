/** The seed's four quick examples. */

import { useId } from "react";
import { useTexts } from "@/shared/i18n/texts";

export function Examples({ onChoose, disabled }: { onChoose: (prompt: string) => void; disabled: boolean }) {
  const texts = useTexts();
  const id = useId();
  return (
    <fieldset disabled={disabled} aria-labelledby={id}>
      <p id={id} className="mb-2 text-xs text-slate-400">
        {texts.create.examplesTitle}
      </p>
      <div className="flex flex-wrap gap-2">
        {texts.create.examples.map((example) => (
          <button
            key={example}
            type="button"
            onClick={() => onChoose(example)}
            className="min-h-8 cursor-pointer rounded-full border border-slate-500 bg-slate-700/50 px-3 py-1 text-left text-xs text-slate-200 transition-colors hover:border-cyan-400 hover:bg-slate-700 disabled:cursor-not-allowed"
          >
            {example}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
