/** The person's own account: who they are, their balance, and the feed that keeps both true in every tab. */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, body, requestHeaders } from "@/shared/api/client";
import { makeStale } from "@/shared/api/stale";
import type { AccountEvent, Balance, Me } from "@/shared/api/types";
import { type FeedEvent, followFeed } from "@/shared/feed/reader";
import { session } from "@/shared/session/session";

const ME = ["me"] as const;

export const useMe = () =>
  useQuery({ queryKey: ME, queryFn: () => body(api.GET("/api/me")), staleTime: Number.POSITIVE_INFINITY });

/** Undefined while it is loading; `available` is null until billing has told of this person. */
export function useBalance(): Balance | undefined {
  return useMe().data?.balance;
}

/** What in the account changes which lists; each feature's queries begin with these keys. */
const CHANGES: Record<string, readonly string[]> = {
  generation_changed: ["generations", "projects"],
  project_created: ["projects"],
  project_renamed: ["projects", "generations"],
  project_deleted: ["projects", "generations"],
  purchase_changed: ["purchases"],
  balance_changed: ["ledger"],
  service_status: ["quote", "health"],
};

/** Keep the account's queries true for as long as this person is signed in. */
export function useAccountFeed(person: string | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (person === null) return;
    return followFeed({
      path: "/api/events",
      after: null,
      headers: requestHeaders,
      // Of a server whose data went back to an earlier state, lower ids are news.
      startsAfresh: (event) => event.name === "snapshot",
      onStatus: () => undefined,
      onEvent: (event) => takeAccountEvent(client, event),
    });
  }, [client, person]);
}

export function takeAccountEvent(client: QueryClient, { name, data }: FeedEvent): void {
  const event = { event: name, data } as AccountEvent;
  if (event.event === "snapshot") takeBalance(client, event.data.balance);
  if (event.event === "balance_changed") takeBalance(client, event.data);
  if (event.event === "account_erased") void session.signOut(); // whichever tab, or program, asked for it
  const keys =
    event.event === "snapshot" ? [...new Set(Object.values(CHANGES).flat())] : (CHANGES[name] ?? []);
  for (const key of keys) void makeStale(client, [key]);
  // A page of that generation that follows nothing, because it has ended, learns here that it goes on.
  if (event.event === "generation_changed") void makeStale(client, ["generation", event.data.generation_id]);
}

function takeBalance(client: QueryClient, told: Pick<Balance, "version"> & Partial<Balance>): void {
  if (client.getQueryData<Me>(ME) === undefined) {
    const asked = client.getQueryCache().find({ queryKey: ME });
    if (asked?.state.fetchStatus === "fetching") {
      // The answer that is on its way may be older than this. A failure is told by whoever asked.
      void asked.promise?.then(() => takeBalance(client, told)).catch(() => undefined);
    } else void makeStale(client, ME);
    return;
  }
  client.setQueryData<Me>(ME, (me) => {
    if (!me || told.version < me.balance.version) return me;
    const { available, held, receivable, blocked_until } = { ...me.balance, ...told };
    return { ...me, balance: { available, held, receivable, blocked_until, version: told.version } };
  });
}
