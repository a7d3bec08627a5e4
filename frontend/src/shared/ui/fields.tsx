/** Fields with their labels; what else they are told goes to the element. */

import { type ComponentProps, type ReactNode, useId } from "react";

type Field<Element extends "input" | "select"> = Omit<
  ComponentProps<Element>,
  "id" | "className" | "onChange"
> & {
  label: ReactNode;
  onChange: (value: string) => void;
};

/** One line of text. A `problem`, when there is one, is said below it. */
export function TextField({
  label,
  onChange,
  problem = null,
  ...input
}: Field<"input"> & { problem?: string | null }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <Label field={id}>{label}</Label>
      <input
        autoComplete="off"
        {...input}
        id={id}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        className="field w-full"
      />
      <FieldProblem id={`${id}-problem`} text={problem} />
    </div>
  );
}

/** One of a few; the options are its children. */
export function SelectField({ label, onChange, ...select }: Field<"select">) {
  const id = useId();
  return (
    <div className="min-w-0">
      <Label field={id}>{label}</Label>
      <select
        {...select}
        id={id}
        onChange={(event) => onChange(event.target.value)}
        className="field w-full"
      />
    </div>
  );
}

export function Label({ field, children }: { field: string; children: ReactNode }) {
  return (
    <label htmlFor={field} className="mb-2 block text-sm break-words text-slate-300">
      {children}
    </label>
  );
}

export function FieldProblem({ id, text }: { id: string; text: string | null }) {
  return text === null ? null : (
    <p id={id} className="mt-1 text-sm text-red-300">
      {text}
    </p>
  );
}
