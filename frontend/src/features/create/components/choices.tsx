/** What kind of application, and which model writes it: as the server offers them. */

import type { Quote } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { SelectField } from "@/shared/ui/fields";
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
  const names: Record<string, string> = texts.create.pipelines;
  return (
    <SelectField
      label={texts.create.pipeline}
      value={draft.pipeline}
      disabled={disabled}
      onChange={(pipeline) => onChange({ pipeline })}
    >
      {(quote?.pipelines ?? [{ pipeline: draft.pipeline, tokens: null }]).map(({ pipeline, tokens }) => {
        const name = names[pipeline] ?? pipeline;
        return (
          <option key={pipeline} value={pipeline}>
            {tokens === null ? name : texts.create.pipelineCost(name, formats.count(tokens))}
          </option>
        );
      })}
    </SelectField>
  );
}

function ModelChoice({ draft, quote, onChange, disabled }: ChoicesProps) {
  const texts = useTexts();
  return (
    <SelectField
      label={texts.create.model}
      value={draft.model ?? ""}
      disabled={disabled}
      onChange={(model) => onChange({ model: model === "" ? null : model })}
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
    </SelectField>
  );
}
