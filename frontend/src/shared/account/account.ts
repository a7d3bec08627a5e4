/** The person's own account: who they are, their balance, and the feed that keeps both true in every tab. */

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, body, requestHeaders } from "@/shared/api/client";
import type { Balance, Me } from "@/shared/api/types";
import { type FeedEvent, followFeed } from "@/shared/feed/reader";

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
  purchase_changed: ["purchases"],
  balance_changed: ["ledger"],
};

/** Keep the account's queries true for as long as somebody is signed in. */
export function useAccountFeed(signedIn: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!signedIn) return;
    return followFeed({
      path: "/api/events",
      after: null,
      headers: requestHeaders,
      onStatus: () => undefined,
      onEvent: (event) => takeAccountEvent(client, event),
    });
  }, [client, signedIn]);
}

export function takeAccountEvent(client: QueryClient, event: FeedEvent): void {
  const data = event.data as Partial<Balance> & { balance?: Balance };
  const balance =
    event.name === "snapshot" ? data.balance : event.name === "balance_changed" ? data : undefined;
  if (balance) client.setQueryData<Me>(ME, (me) => me && withBalance(me, balance));
  const keys = event.name === "snapshot" ? Object.values(CHANGES).flat() : (CHANGES[event.name] ?? []);
  for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
}

function withBalance(me: Me, balance: Partial<Balance>): Me {
  if ((balance.version ?? 0) < me.balance.version) return me;
  return { ...me, balance: { ...me.balance, ...pick(balance) } };
}

function pick(balance: Partial<Balance>): Partial<Balance> {
  const { available, held, receivable, blocked_until, version } = balance;
  return Object.fromEntries(
    Object.entries({ available, held, receivable, blocked_until, version }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
