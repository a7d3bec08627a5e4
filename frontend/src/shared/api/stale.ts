/** Telling what pages hold that something has changed. */

import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/** For answers on their way that may be older than a change: when they have come and been asked for again. */
const renewals = new WeakMap<Query, Promise<void>>();

/**
 * Whatever begins with this key is asked for again by who shows it, and by who will. A first answer that is on its way
 * may be older than the change, and TanStack Query takes it for fresh all the same: it is shown, and asked for once more,
 * however many changes were told meanwhile. So is a list's next page, which a person asked for.
 */
export async function makeStale(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const onTheirWay = new Set(client.getQueryCache().findAll({ queryKey, predicate: isKept }));
  await Promise.all([
    client.invalidateQueries({ queryKey, predicate: (query) => !onTheirWay.has(query) }),
    ...Array.from(onTheirWay, (query) => renewed(client, query)),
  ]);
}

/** Whether its answer is not thrown away for a newer one: there is none before it, nobody looks, or it is a further page. */
function isKept(query: Query): boolean {
  const { fetchStatus, data, fetchMeta } = query.state;
  return fetchStatus !== "idle" && (data === undefined || !query.isActive() || fetchMeta?.fetchMore != null);
}

function renewed(client: QueryClient, query: Query): Promise<void> {
  const known = renewals.get(query);
  if (known !== undefined) return known;
  const renewal = renew(client, query);
  renewals.set(query, renewal);
  return renewal;
}

async function renew(client: QueryClient, query: Query): Promise<void> {
  await query.promise?.catch(() => undefined); // a failure is told by whoever asked, and stands as it is
  renewals.delete(query); // what changes from now on is newer than the answer
  if (query.state.data === undefined) return;
  await client.invalidateQueries({ queryKey: query.queryKey, exact: true });
}
