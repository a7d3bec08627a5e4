/**
 * Going to the checkout, and coming back.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { useCheckout } from "./purchases";

vi.mock("@/shared/api/client", () => ({
  api: { POST: async () => undefined },
  body: async () => ({ url: "#checkout" }),
}));

test("a page that is shown again as it was left can buy again", async () => {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(useCheckout, { wrapper });
  act(() => result.current.mutate("small"));
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  act(() => void dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })));
  await waitFor(() => expect(result.current.isIdle).toBe(true));
});
