/** Everybody's generations without their content: which, whose, how they stand, why they failed. */

import { Layers } from "lucide-react";
import { useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { StatusMark } from "@/shared/generation/status-mark";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { SelectField, TextField } from "@/shared/ui/fields";
import { PagedList } from "@/shared/ui/paged-list";
import {
  type GenerationFilter,
  type OperatedGeneration,
  type Status,
  useOperatedGenerations,
} from "../api/operations";
import { Strip } from "./strip";

const STATUSES: readonly Status[] = [
  "queued",
  "running",
  "completed",
  "completed_with_warnings",
  "failed",
  "cancelled",
  "rejected",
];
const EVERYTHING: GenerationFilter = { status: null, user: "", fault: "" };

export function Generations() {
  const texts = useTexts();
  const formats = useFormats();
  const [filter, setFilter] = useState(EVERYTHING);
  const generations = useOperatedGenerations(filter);
  return (
    <Card aria-labelledby="generations">
      <CardHeading id="generations" icon={<Layers aria-hidden="true" className="size-5 text-cyan-400" />}>
        {texts.operations.generations}
      </CardHeading>
      <Filters filter={filter} onChange={setFilter} />
      <PagedList pages={generations} empty={texts.operations.generationsNone}>
        {(items) => (
          <>
            <Strip
              label={texts.operations.shown(formats.count(items.length), items.length)}
              parts={STATUSES.map((status) => ({
                label: texts.generation.status[status],
                value: items.filter((one) => one.status === status).length,
              })).filter(({ value }) => value > 0)}
            />
            <ul className="mt-3 divide-y divide-slate-700">
              {items.map((generation) => (
                <Row key={generation.generation_id} generation={generation} onChange={setFilter} />
              ))}
            </ul>
          </>
        )}
      </PagedList>
    </Card>
  );
}

interface RowProps {
  generation: OperatedGeneration;
  onChange: (filter: GenerationFilter) => void;
}

function Row({ generation, onChange }: RowProps) {
  const texts = useTexts();
  const formats = useFormats();
  const { generation_id, user_id, fault, run, cancel_requested } = generation;
  return (
    <li
      data-operated={generation_id}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 text-sm"
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="break-all">
          <code className="text-slate-200">{generation_id}</code>
        </p>
        <p className="text-xs text-slate-400">
          <button
            type="button"
            className="min-h-6 cursor-pointer rounded text-cyan-300 underline decoration-cyan-300/40 underline-offset-2"
            onClick={() => onChange({ ...EVERYTHING, user: user_id })}
            title={texts.operations.onlyTheirs}
          >
            {user_id}
          </button>
          {" · "}
          {generation.pipeline} · {texts.projects.run(run)} ·{" "}
          {texts.projects.upTo(formats.count(generation.quote_tokens))} ·{" "}
          {formats.dateTime(generation.created_at)}
          {cancel_requested && ` · ${texts.operations.cancelRequested}`}
        </p>
        {fault !== null && <p className="text-amber-200">{fault}</p>}
      </div>
      <StatusMark status={generation.status} />
    </li>
  );
}

interface FiltersProps {
  filter: GenerationFilter;
  onChange: (filter: GenerationFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const texts = useTexts();
  return (
    <div className="mb-4 grid grid-cols-1 gap-3 sm:grid-cols-3">
      <SelectField
        label={texts.operations.status}
        value={filter.status ?? ""}
        onChange={(value) => onChange({ ...filter, status: STATUSES.find((one) => one === value) ?? null })}
      >
        <option value="">{texts.all}</option>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {texts.generation.status[status]}
          </option>
        ))}
      </SelectField>
      {(["user", "fault"] as const).map((name) => (
        <TextField
          key={name}
          label={texts.operations[name]}
          value={filter[name]}
          onChange={(value) => onChange({ ...filter, [name]: value.trim() })}
          spellCheck={false}
        />
      ))}
    </div>
  );
}
