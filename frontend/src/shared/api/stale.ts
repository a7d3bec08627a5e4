/** Telling what pages hold that something has changed. */

import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Whatever begins with this key is asked for again by who shows it, and by who will. A first answer that is on its way
 * may be older than the change, and TanStack Query takes it for fresh all the same: it is shown, and asked for once more.
 */
export async function makeStale(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const onTheirWay = client.getQueryCache().findAll({ queryKey, predicate: isKept });
  await Promise.allSettled([
    client.invalidateQueries({ queryKey }),
    ...onTheirWay.map((query) => query.promise),
  ]);
  const answered = onTheirWay.filter((query) => query.state.data !== undefined);
  await Promise.all(
    answered.map((query) => client.invalidateQueries({ queryKey: query.queryKey, exact: true })),
  );
}

/** Whether its answer is not thrown away for a newer one: there is none before it, or nobody looks. */
function isKept(query: Query): boolean {
  return query.state.fetchStatus !== "idle" && (query.state.data === undefined || !query.isActive());
}
