/** What kind of application, and which model writes it: as the server offers them. */

import { useId } from "react";
import type { Quote } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import type { Draft } from "../hooks/use-draft";

interface ChoicesProps {
  draft: Draft;
  quote: Quote | undefined;
  onChange: (changed: Partial<Draft>) => void;
  disabled: boolean;
}

export function Choices(props: ChoicesProps) {
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <PipelineChoice {...props} />
      <ModelChoice {...props} />
    </div>
  );
}

function PipelineChoice({ draft, quote, onChange, disabled }: ChoicesProps) {
  const texts = useTexts();
  const formats = useFormats();
  const id = useId();
  const names: Record<string, string> = texts.create.pipelines;
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-2 block text-sm text-slate-300">
        {texts.create.pipeline}
      </label>
      <select
        id={id}
        className="field w-full"
        value={draft.pipeline}
        disabled={disabled}
        onChange={(event) => onChange({ pipeline: event.target.value })}
      >
        {(quote?.pipelines ?? [{ pipeline: draft.pipeline, tokens: null }]).map(({ pipeline, tokens }) => {
          const name = names[pipeline] ?? pipeline;
          return (
            <option key={pipeline} value={pipeline}>
              {tokens === null ? name : texts.create.pipelineCost(name, formats.count(tokens))}
            </option>
          );
        })}
      </select>
    </div>
  );
}

function ModelChoice({ draft, quote, onChange, disabled }: ChoicesProps) {
  const texts = useTexts();
  const id = useId();
  return (
    <div className="min-w-0">
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
        {(quote?.models ?? []).map((model) => {
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
