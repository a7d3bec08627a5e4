/** Which lines: those of one generation, those of one kind. */

import type { Generation } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { KINDS, kindOf } from "@/shared/ledger/kinds";
import { SelectField } from "@/shared/ui/fields";
import type { LedgerFilter } from "../api/ledger";

interface LedgerFiltersProps {
  filter: LedgerFilter;
  generations: readonly Generation[];
  onChange: (filter: LedgerFilter) => void;
}

export function LedgerFilters({ filter, generations, onChange }: LedgerFiltersProps) {
  const texts = useTexts();
  const formats = useFormats();
  const { generation } = filter;
  const unnamed = generation !== null && !generations.some((one) => one.generation_id === generation);
  return (
    <div className="mb-3 grid grid-cols-1 gap-3 sm:grid-cols-2">
      <SelectField
        label={texts.tokenPage.filterGeneration}
        value={generation ?? ""}
        onChange={(value) => onChange({ ...filter, generation: value || null })}
      >
        <option value="">{texts.all}</option>
        {unnamed && <option value={generation}>{generation.slice(0, 8)}</option>}
        {generations.map((one) => (
          <option key={one.generation_id} value={one.generation_id}>
            {one.project_name} · {formats.dateTime(one.created_at)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={texts.tokenPage.filterKind}
        value={filter.kind ?? ""}
        onChange={(value) => onChange({ ...filter, kind: kindOf(value) })}
      >
        <option value="">{texts.all}</option>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {texts.ledger.kinds[kind]}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
