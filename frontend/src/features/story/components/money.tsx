/** Every move of the person's tokens for this generation, and what they come to. */

import { useFormats } from "@/shared/format/numbers";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { type LedgerEntry, signOf, useKindText } from "@/shared/ledger/kinds";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import { Table } from "@/shared/ui/table";
import { netOf, useLedger } from "../api/ledger";

export function Money({ view }: { view: GenerationView }) {
  const { story: words, retry } = useTexts();
  const { data, isError, refetch } = useLedger(view.generationId);
  return (
    <Card>
      <CardHeading>{words.money}</CardHeading>
      <p className="mb-4 text-sm text-slate-400">{words.moneyText}</p>
      {data ? (
        <Entries view={view} entries={data} />
      ) : isError ? (
        <Notice tone="bad" alert actions={<Button onClick={() => void refetch()}>{retry}</Button>}>
          {words.moneyFailed}
        </Notice>
      ) : (
        <Loading />
      )}
    </Card>
  );
}

function Entries({ view, entries }: { view: GenerationView; entries: readonly LedgerEntry[] }) {
  const { story: words, ledger } = useTexts();
  const formats = useFormats();
  const kindText = useKindText();
  const titles = new Map(view.steps.map((step) => [step.step, step.title]));
  if (entries.length === 0) return <p className="text-sm text-slate-400">{words.moneyNone}</p>;
  return (
    <>
      <Table
        label={words.money}
        rows={entries}
        rowKey={({ entry }) => String(entry)}
        columns={[
          {
            title: words.when,
            cell: ({ at }) => <span className="whitespace-nowrap tabular-nums">{formats.time(at)}</span>,
          },
          {
            title: ledger.movement,
            cell: ({ kind, step }) =>
              [kindText(kind), ...(step ? [titles.get(step) ?? step] : [])].join(" · "),
          },
          {
            title: ledger.tokens,
            number: true,
            cell: ({ kind, tokens }) => `${signOf(kind)}${formats.count(tokens)}`,
          },
        ]}
      />
      <p className="mt-3 text-right text-sm font-semibold text-slate-100 tabular-nums">
        {words.moneyNet(formats.count(netOf(entries)))}
      </p>
    </>
  );
}
