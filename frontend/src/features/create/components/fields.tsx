/** The two fields of *Crear*, each with its label, its hint and what is wrong with it. */

import { type Ref, useId } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import { FieldProblem, Label, TextField } from "@/shared/ui/fields";

/** What the API takes. */
export const PROMPT_CHARACTERS_MAX = 16_000;
const NAME_CHARACTERS_MAX = 80;
/** From here on the counter is worth a look. */
const COUNTER_SHOWN_FROM = 0.9;

interface FieldProps<Element> {
  ref: Ref<Element>;
  value: string;
  onChange: (value: string) => void;
  disabled: boolean;
  problem: string | null;
}

/** `fixed`: it is the name of a project that there is, which is changed on its own page. */
export function NameField({ fixed, ...field }: FieldProps<HTMLInputElement> & { fixed: boolean }) {
  const texts = useTexts();
  return (
    <TextField
      {...field}
      readOnly={fixed}
      label={texts.create.name}
      required
      maxLength={NAME_CHARACTERS_MAX}
      placeholder={texts.create.namePlaceholder}
    />
  );
}

export function PromptField({ ref, value, onChange, disabled, problem }: FieldProps<HTMLTextAreaElement>) {
  const texts = useTexts();
  const formats = useFormats();
  const id = useId();
  const length = [...value].length;
  const over = length - PROMPT_CHARACTERS_MAX;
  return (
    <div>
      <Label field={id}>{texts.create.prompt}</Label>
      <textarea
        ref={ref}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        disabled={disabled}
        required
        rows={7}
        placeholder={texts.create.promptPlaceholder}
        aria-invalid={problem !== null || over > 0}
        aria-describedby={classes(`${id}-counter`, problem !== null && `${id}-problem`)}
        className="field max-h-[50vh] min-h-40 w-full resize-y [field-sizing:content]"
      />
      <p
        id={`${id}-counter`}
        className={classes(
          "text-right text-xs tabular-nums",
          over > 0
            ? "font-semibold text-red-300"
            : length > PROMPT_CHARACTERS_MAX * COUNTER_SHOWN_FROM
              ? "text-amber-200"
              : "text-slate-400",
        )}
      >
        {over > 0
          ? texts.create.counterOver(formats.count(over))
          : texts.create.counter(formats.count(length), formats.count(PROMPT_CHARACTERS_MAX))}
      </p>
      <FieldProblem id={`${id}-problem`} text={problem} />
    </div>
  );
}
