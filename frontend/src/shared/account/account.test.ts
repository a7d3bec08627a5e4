/**
 * What the account's feed makes of what pages hold.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Me } from "@/shared/api/types";
import { takeAccountEvent } from "./account";

const balance = (version: number, available: number) => ({
  available,
  held: 0,
  receivable: 0,
  blocked_until: null,
  version,
});
const me = (version: number, available: number) => ({ balance: balance(version, available) }) as Me;
const changed = (version: number, available: number) => ({
  id: version,
  name: "balance_changed",
  data: balance(version, available),
});

test("a balance that is told before the account is there is not lost to an older answer", async () => {
  const client = new QueryClient();
  let answer = (_me: Me): void => undefined;
  const asked = new Promise<Me>((resolve) => {
    answer = resolve;
  });
  const loading = client.fetchQuery({ queryKey: ["me"], queryFn: () => asked });
  takeAccountEvent(client, changed(2, 50));
  answer(me(1, 100));
  await loading;
  await Promise.resolve();
  expect(client.getQueryData<Me>(["me"])?.balance).toMatchObject({ version: 2, available: 50 });
});

test("an older balance changes nothing", () => {
  const client = new QueryClient();
  client.setQueryData(["me"], me(3, 10));
  takeAccountEvent(client, changed(2, 50));
  expect(client.getQueryData<Me>(["me"])?.balance.available).toBe(10);
});

test("a generation that another tab goes on with is asked for anew, and no other", () => {
  const client = new QueryClient();
  const [one, other] = [
    ["generation", "g1", "es"],
    ["generation", "g2", "es"],
  ];
  for (const key of [one, other]) client.setQueryData(key, {});
  takeAccountEvent(client, { id: 1, name: "generation_changed", data: { generation_id: "g1" } });
  expect([one, other].map((key) => client.getQueryState(key)?.isInvalidated)).toEqual([true, false]);
});
