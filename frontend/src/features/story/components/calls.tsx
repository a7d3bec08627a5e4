/** The calls of an attempt: who was asked, why, how it ended, and what the model counted. */

import type { Call } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Table } from "@/shared/ui/table";

export function Calls({ calls, label }: { calls: readonly Call[]; label: string }) {
  const { story: words } = useTexts();
  const formats = useFormats();
  const kinds: Record<string, string> = words.kinds;
  const outcomes: Record<string, string> = words.outcomes;
  const { call } = words;
  return (
    <Table
      label={label}
      rows={calls}
      rowKey={({ call_id }) => call_id}
      columns={[
        { title: call.kind, cell: ({ kind }) => kinds[kind] ?? kind },
        {
          title: call.model,
          cell: ({ model, provider }) => (
            <>
              {model} <span className="text-xs text-slate-400">{provider}</span>
            </>
          ),
        },
        { title: call.outcome, cell: ({ outcome }) => outcomes[outcome] ?? outcome },
        {
          title: call.input,
          number: true,
          cell: ({ usage }) => (
            <>
              {formats.count(usage.input_tokens)}
              {usage.cached_tokens > 0 && (
                <span className="block text-xs text-slate-400">
                  {call.cached(formats.count(usage.cached_tokens))}
                </span>
              )}
            </>
          ),
        },
        {
          title: call.output,
          number: true,
          cell: ({ usage }) => (
            <>
              {formats.count(usage.output_tokens)}
              {usage.estimated && <span className="block text-xs text-slate-400">{call.estimated}</span>}
            </>
          ),
        },
        {
          title: call.first,
          number: true,
          cell: ({ first_token_ms }) => (first_token_ms === null ? "–" : formats.duration(first_token_ms)),
        },
        { title: call.total, number: true, cell: ({ total_ms }) => formats.duration(total_ms) },
      ]}
    />
  );
}
