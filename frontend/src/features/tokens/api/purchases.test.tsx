/**
 * Going to the checkout, and coming back.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { useCheckout } from "./purchases";

const stripe = vi.hoisted(() => ({ answer: null as (() => void) | null }));

vi.mock("@/shared/api/client", () => ({
  api: { POST: async () => undefined },
  body: () =>
    new Promise((resolve) => {
      stripe.answer = () => resolve({ url: "#checkout" });
    }),
}));

function buying() {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result, unmount } = renderHook(useCheckout, { wrapper });
  act(() => result.current.mutate("small"));
  const answered = async () => {
    await waitFor(() => expect(stripe.answer).not.toBeNull());
    await act(async () => stripe.answer?.());
  };
  return { client, result, unmount, answered };
}

beforeEach(() => {
  stripe.answer = null;
  location.hash = "";
});

test("who has gone on to something else is not taken to the checkout", async () => {
  const { client, unmount, answered } = buying();
  unmount();
  await answered();
  await waitFor(() => expect(client.isMutating()).toBe(0));
  expect(location.hash).toBe("");
});

test("a page that is shown again as it was left can buy again", async () => {
  const { result, answered } = buying();
  await answered();
  await waitFor(() => expect(location.hash).toBe("#checkout"));
  act(() => void dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })));
  await waitFor(() => expect(result.current.isIdle).toBe(true));
});
