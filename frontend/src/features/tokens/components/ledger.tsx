/** Every line that moved the tokens, the newest first, by generation and kind, and as a table to take away. */

import { Download, ScrollText } from "lucide-react";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { PagedList } from "@/shared/ui/paged-list";
import { useProblemText } from "@/shared/ui/query-problem";
import { Spinner } from "@/shared/ui/spinner";
import { toast } from "@/shared/ui/toast-queue";
import { useNamedGenerations } from "../api/generations";
import { useLedger, useLedgerTable } from "../api/ledger";
import { useLedgerFilter } from "../hooks/use-ledger-filter";
import { LedgerFilters } from "./ledger-filters";
import { LedgerRow } from "./ledger-row";

export function Ledger() {
  const texts = useTexts();
  const problemText = useProblemText();
  const { filter, change } = useLedgerFilter();
  const ledger = useLedger(filter);
  const table = useLedgerTable();
  const generations = useNamedGenerations().data ?? [];
  const narrowed = filter.generation !== null || filter.kind !== null;
  return (
    <Card aria-labelledby="ledger">
      <CardHeading
        id="ledger"
        icon={<ScrollText aria-hidden="true" className="size-5 text-cyan-400" />}
        aside={
          <Button
            size="small"
            aria-disabled={table.isPending}
            onClick={() =>
              !table.isPending &&
              table.mutate(filter, { onError: (error) => toast(problemText(error), "bad") })
            }
          >
            {table.isPending ? (
              <Spinner className="size-4" />
            ) : (
              <Download aria-hidden="true" className="size-4" />
            )}
            {texts.tokenPage.csv}
          </Button>
        }
      >
        {texts.tokenPage.ledger}
      </CardHeading>
      <LedgerFilters filter={filter} generations={generations} onChange={change} />
      <PagedList
        pages={ledger}
        empty={narrowed ? texts.tokenPage.ledgerNoneSuch : texts.tokenPage.ledgerNone}
      >
        {(items) => (
          <table className="w-full text-left text-sm">
            <thead className="text-slate-400">
              <tr>
                <th scope="col" className="py-2 pr-3 font-normal">
                  {texts.ledger.movement}
                </th>
                <th scope="col" className="py-2 text-right font-normal">
                  {texts.ledger.tokens}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((entry) => (
                <LedgerRow
                  key={entry.entry}
                  entry={entry}
                  generation={generations.find((one) => one.generation_id === entry.generation_id)}
                />
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </Card>
  );
}
