/**
 * A page that loads while the run goes on, and a feed that is over while the page knows of no end.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import type { FeedOptions } from "@/shared/feed/reader";
import { generation } from "./samples";
import { useGenerationStore } from "./use-generation";

const server = vi.hoisted(() => ({
  gone: false,
  /** How often somebody asked and has no answer yet; null while answers come at once. */
  waiting: null as number | null,
  feeds: [] as FeedOptions[],
  /** Those of the step that is complete by the time of the first answer. */
  files: [] as object[],
}));
const FILE = { path: "app.py", step: "architecture", bytes: 1, sha256: "a" };

vi.mock("@/shared/api/client", () => ({
  api: {
    GET: (path: string) => {
      if (server.waiting === null) return Promise.resolve({ path, files: server.files }); // as they are when asked for
      server.waiting += 1;
      return new Promise(() => undefined);
    },
  },
  body: async (asked: Promise<{ path: string; files: object[] }>) => {
    const { path, files } = await asked;
    if (server.gone) throw new Problem(404, { code: "not_found" });
    if (path.endsWith("/files")) return { items: files };
    server.files = [FILE];
    return generation({ status: "running", sequence: 1 });
  },
  requestHeaders: async () => ({}),
}));
vi.mock("@/shared/feed/reader", () => ({
  followFeed: (options: FeedOptions) => {
    server.feeds.push(options);
    return () => undefined;
  },
}));

afterEach(() => void vi.useRealTimers());

function follow() {
  Object.assign(server, { gone: false, waiting: null, feeds: [], files: [] });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useGenerationStore("g"), { wrapper });
}

test("the files of a step that completes while the page is loading are there", async () => {
  const { result } = follow();
  await waitFor(() => expect(server.feeds).toHaveLength(1));
  expect(server.feeds[0]?.after).toBe(1); // no event tells of them any more
  expect(result.current.store?.view.files.map((file) => file.path)).toEqual([FILE.path]);
});

test("the page asks how it stands, and learns that it was deleted elsewhere", async () => {
  const { result } = follow();
  await waitFor(() => expect(server.feeds).toHaveLength(1));
  expect(result.current.error).toBeNull();
  server.gone = true;
  act(() => server.feeds[0]?.onStatus("ended"));
  await waitFor(() => expect((result.current.error as Problem | null)?.status).toBe(404));
});

test("a page that nobody looks at waits for an answer that takes longer than its pauses", async () => {
  follow();
  await waitFor(() => expect(server.feeds).toHaveLength(1));
  server.waiting = 0;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  act(() => server.feeds[0]?.onStatus("resting"));
  while (vi.getTimerCount() === 0) await act(() => new Promise((turn) => setTimeout(turn)));
  for (let pauses = 0; pauses < 3; pauses++) act(() => vi.advanceTimersByTime(5_000));
  expect(server.waiting).toBe(1);
});
