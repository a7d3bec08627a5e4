/** The moves of the person's balance for one generation, the oldest first, and what they come to. */

import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/shared/api/client";
import { readAll } from "@/shared/api/pages";
import type { LedgerEntry } from "@/shared/ledger/kinds";

/** The most that the API gives at once. */
const ENTRIES_PAGE = 200;

/** Begins with the key that the account's feed makes stale. */
export function useLedger(generationId: string) {
  return useQuery({
    queryKey: ["ledger", "generation", generationId],
    queryFn: async () => {
      const entries = await readAll((cursor) => {
        const query = { generation_id: generationId, limit: ENTRIES_PAGE, cursor };
        return body(api.GET("/api/tokens/ledger", { params: { query } }));
      });
      return entries.reverse();
    },
  });
}

/** What it cost in the end: charges less what was given back. */
export const netOf = (entries: readonly LedgerEntry[]): number =>
  entries.reduce((net, { kind, tokens }) => {
    if (kind === "capture") return net + tokens;
    return kind === "refund" ? net - tokens : net;
  }, 0);
