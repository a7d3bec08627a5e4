/**
 * A change while answers are on their way.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { makeStale } from "./stale";

const KEY = ["purchases", "list"];

/** A server whose answers are given when the test says so: each is what was true when it was asked. */
function server() {
  let state = "paid";
  const answers: (() => void)[] = [];
  return {
    change: (to: string) => {
      state = to;
    },
    ask: () => {
      const told = state;
      return new Promise<string>((resolve) => answers.push(() => resolve(told)));
    },
    answer: async () => {
      answers.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
    asked: () => answers.length,
  };
}

test("the first answer is shown and asked for again when the change came before it", async () => {
  const [client, { change, ask, answer, asked }] = [new QueryClient(), server()];
  const looking = new QueryObserver(client, { queryKey: KEY, queryFn: ask }).subscribe(() => undefined);
  change("disputed");
  const told = makeStale(client, ["purchases"]);
  await answer();
  expect(client.getQueryData(KEY)).toBe("paid");
  await answer();
  await told;
  expect(client.getQueryData(KEY)).toBe("disputed");
  expect(asked()).toBe(0);
  looking();
});

test("changes before the first answer are asked for once, however many they were", async () => {
  const [client, { ask, answer, asked, change }] = [new QueryClient(), server()];
  const looking = new QueryObserver(client, { queryKey: KEY, queryFn: ask }).subscribe(() => undefined);
  for (const state of ["paid", "credited", "disputed"]) {
    change(state);
    void makeStale(client, ["purchases"]);
  }
  await answer();
  expect(asked()).toBe(1);
  await answer();
  expect([client.getQueryData(KEY), asked()]).toEqual(["disputed", 0]);
  looking();
});

test("a change after the first answer is asked for though one before it was", async () => {
  const [client, { ask, answer, change }] = [new QueryClient(), server()];
  const looking = new QueryObserver(client, { queryKey: KEY, queryFn: ask }).subscribe(() => undefined);
  void makeStale(client, ["purchases"]);
  await answer();
  change("disputed");
  void makeStale(client, ["purchases"]);
  await answer();
  await answer();
  expect(client.getQueryData(KEY)).toBe("disputed");
  looking();
});

test("an older answer is thrown away when there was one before", async () => {
  const [client, { change, ask, answer, asked }] = [new QueryClient(), server()];
  client.setQueryData(KEY, "started");
  const looking = new QueryObserver(client, { queryKey: KEY, queryFn: ask }).subscribe(() => undefined);
  change("disputed");
  void makeStale(client, ["purchases"]);
  await answer();
  expect(client.getQueryData(KEY)).toBe("started");
  await answer();
  expect(client.getQueryData(KEY)).toBe("disputed");
  expect(asked()).toBe(0);
  looking();
});

test("an answer that came for nobody is not taken for fresh by who looks later", async () => {
  const [client, { change, ask, answer }] = [new QueryClient(), server()];
  const left = new QueryObserver(client, { queryKey: KEY, queryFn: ask }).subscribe(() => undefined);
  left();
  change("disputed");
  const told = makeStale(client, ["purchases"]);
  await answer();
  await told;
  expect(client.getQueryState(KEY)).toMatchObject({ data: "paid", isInvalidated: true });
});

test("what could not be answered stands as it is", async () => {
  const [client, refusals] = [
    new QueryClient({ defaultOptions: { queries: { retry: false } } }),
    [] as string[],
  ];
  const refuse = () => Promise.reject(new Error(refusals.push("refused").toString()));
  const looking = new QueryObserver(client, { queryKey: KEY, queryFn: refuse }).subscribe(() => undefined);
  await makeStale(client, ["purchases"]);
  expect(client.getQueryState(KEY)?.status).toBe("error");
  expect(refusals).toHaveLength(1);
  looking();
});
