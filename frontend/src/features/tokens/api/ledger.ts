/** The lines that moved a person's tokens: page by page, those of the last weeks for the chart, and all as a table. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { download } from "@/shared/api/download";
import { usePages } from "@/shared/api/pages";
import type { ChangeKind, LedgerEntry } from "@/shared/ledger/kinds";

export interface LedgerFilter {
  generation: string | null;
  kind: ChangeKind | null;
}

/** The account's feed makes everything below it stale. */
const LEDGER = "ledger";
const USE_PAGE = 200;
/** Two thousand lines are two hundred and fifty generations: a chart of more days than this would not be read. */
const USE_PAGES_MAX = 10;

const asked = ({ generation, kind }: LedgerFilter) => ({ generation_id: generation, kind });

export const useLedger = (filter: LedgerFilter) =>
  usePages([LEDGER, "list", filter], (cursor) =>
    body(api.GET("/api/tokens/ledger", { params: { query: { ...asked(filter), cursor } } })),
  );

export interface RecentLines {
  entries: LedgerEntry[];
  /** Whether these are all since the day asked for. */
  complete: boolean;
}

/** Every line since a moment, the newest first. */
export const useLinesSince = (since: number) =>
  useQuery({
    queryKey: [LEDGER, "since", since],
    queryFn: () => linesSince(since),
  });

async function linesSince(since: number): Promise<RecentLines> {
  const entries: LedgerEntry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < USE_PAGES_MAX; page += 1) {
    const query: { limit: number; cursor: string | null } = { limit: USE_PAGE, cursor };
    const { items, next_cursor } = await body(api.GET("/api/tokens/ledger", { params: { query } }));
    for (const entry of items) {
      if (Date.parse(entry.at) < since) return { entries, complete: true };
      entries.push(entry);
    }
    if (!next_cursor) return { entries, complete: true };
    cursor = next_cursor;
  }
  return { entries, complete: false };
}

export const useLedgerTable = () =>
  useMutation({
    mutationFn: (filter: LedgerFilter) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(asked(filter))) if (value !== null) query.set(name, value);
      const search = query.size > 0 ? `?${query}` : "";
      return download(`/api/tokens/ledger.csv${search}`, "tokens.csv");
    },
  });
