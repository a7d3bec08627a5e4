/** The ledger's filter, kept in the address: it survives a reload and can be sent to somebody. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { kindOf } from "@/shared/ledger/kinds";
import type { LedgerFilter } from "../api/ledger";

const route = getRouteApi("/tokens");

export function useLedgerFilter() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const filter: LedgerFilter = {
    generation: search.generacion ?? null,
    kind: kindOf(search.tipo ?? ""),
  };
  const change = ({ generation, kind }: LedgerFilter) =>
    void navigate({
      to: "/tokens",
      search: (before) => ({ ...before, generacion: generation ?? undefined, tipo: kind ?? undefined }),
      replace: true,
      resetScroll: false,
    });
  return { filter, change };
}
