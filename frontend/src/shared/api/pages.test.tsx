/**
 * Lists that are read on while what is in them changes.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { usePages } from "./pages";
import { makeStale } from "./stale";

const KEY = ["ledger", "list"];

/** A list of three pages whose answers are given when the test says so; each tells how its items stood when it was asked. */
function server() {
  let version = 1;
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  return {
    asked,
    change: () => {
      version += 1;
    },
    read: (cursor: string | null) => {
      const page = Number(cursor ?? 1);
      asked.push(`page ${page}`);
      const answer = {
        items: [`item ${page}, version ${version}`],
        next_cursor: page < 3 ? String(page + 1) : null,
      };
      return new Promise<typeof answer>((resolve) => waiting.push(() => resolve(answer)));
    },
    answer: () => act(async () => waiting.shift()?.()),
    isAsked: () => waitFor(() => expect(waiting).toHaveLength(1)),
  };
}

function list() {
  const [client, list] = [new QueryClient(), server()];
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => usePages(KEY, list.read), { wrapper });
  const shows = (...items: string[]) => waitFor(() => expect(result.current.items).toEqual(items));
  return { ...list, client, result, shows };
}

test("a page that was asked for comes though a change is told meanwhile, and the list is renewed", async () => {
  const { client, result, change, answer, isAsked, shows } = list();
  await answer();
  await shows("item 1, version 1");
  act(() => result.current.readOn());
  await isAsked();
  change();
  void makeStale(client, ["ledger"]);
  await answer();
  await shows("item 1, version 1", "item 2, version 1");
  for (let page = 1; page <= 2; page++) {
    await isAsked();
    await answer();
  }
  await shows("item 1, version 2", "item 2, version 2");
});

test("a change that is being asked for is not given up for a further page", async () => {
  const { client, result, change, answer, isAsked, shows } = list();
  await answer();
  await shows("item 1, version 1");
  change();
  void makeStale(client, ["ledger"]);
  await isAsked();
  act(() => result.current.readOn());
  await answer();
  await isAsked();
  await answer();
  await shows("item 1, version 2", "item 2, version 2");
});

test("pressing twice reads one page", async () => {
  const { result, asked, answer, isAsked, shows } = list();
  await answer();
  await shows("item 1, version 1");
  act(() => {
    result.current.readOn();
    result.current.readOn();
  });
  await isAsked();
  await answer();
  await shows("item 1, version 1", "item 2, version 1");
  expect(asked).toEqual(["page 1", "page 2"]);
});
