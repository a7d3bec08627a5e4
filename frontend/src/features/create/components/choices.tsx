/** Which model writes: whichever each step prefers, or one of those that the server offers. */

import { useId } from "react";
import type { Quote } from "@/shared/api/types";
import { useTexts } from "@/shared/i18n/texts";
import type { Draft } from "../hooks/use-draft";

interface ChoicesProps {
  draft: Draft;
  quote: Quote | undefined;
  onChange: (changed: Partial<Draft>) => void;
  disabled: boolean;
}

export function Choices({ draft, quote, onChange, disabled }: ChoicesProps) {
  const texts = useTexts();
  const id = useId();
  const models = quote?.models ?? [];
  return (
    <div>
      <label htmlFor={id} className="mb-2 block text-sm text-slate-300">
        {texts.create.model}
      </label>
      <select
        id={id}
        className="field w-full"
        value={draft.model ?? ""}
        disabled={disabled}
        onChange={(event) => onChange({ model: event.target.value === "" ? null : event.target.value })}
      >
        <option value="">{texts.create.modelAny}</option>
        {models.map((model) => {
          const notes = [
            !model.available && texts.create.modelUnavailable,
            model.simulated && texts.create.modelSimulated,
          ].filter(Boolean);
          return (
            <option key={model.model} value={model.model} disabled={!model.available}>
              {notes.length > 0 ? `${model.model} (${notes.join(", ")})` : model.model}
            </option>
          );
        })}
      </select>
    </div>
  );
}
