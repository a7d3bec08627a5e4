/**
 * A feed that is over while the page knows of no end.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import type { FeedOptions } from "@/shared/feed/reader";
import { generation } from "./samples";
import { useGenerationStore } from "./use-generation";

const server = vi.hoisted(() => ({ gone: false, feeds: [] as FeedOptions[] }));

vi.mock("@/shared/api/client", () => ({
  api: { GET: async (path: string) => path },
  body: async (asked: Promise<string>) => {
    const path = await asked;
    if (server.gone) throw new Problem(404, { code: "not_found" });
    return path.endsWith("/files") ? { items: [] } : generation({ status: "running", sequence: 1 });
  },
  requestHeaders: async () => ({}),
}));
vi.mock("@/shared/feed/reader", () => ({
  followFeed: (options: FeedOptions) => {
    server.feeds.push(options);
    return () => undefined;
  },
}));

test("the page asks how it stands, and learns that it was deleted elsewhere", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useGenerationStore("g"), { wrapper });
  await waitFor(() => expect(server.feeds).toHaveLength(1));
  expect(result.current.error).toBeNull();
  server.gone = true;
  act(() => server.feeds[0]?.onStatus("ended"));
  await waitFor(() => expect((result.current.error as Problem | null)?.status).toBe(404));
});
