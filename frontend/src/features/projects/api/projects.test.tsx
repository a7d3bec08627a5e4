/**
 * What is told in words, when another language is chosen.
 *
 * @vitest-environment happy-dom
 */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { chooseLanguage, currentLanguage } from "@/shared/i18n/language";
import { useProjectGenerations } from "./projects";

vi.mock("@/shared/api/client", () => ({
  api: { GET: async () => undefined },
  body: async () => ({ items: [`said in ${currentLanguage()}`], next_cursor: null }),
}));

test("a project's generations are told in it, without waiting for a change", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const before = currentLanguage();
  act(() => chooseLanguage("es"));
  const { result } = renderHook(() => useProjectGenerations("p"), { wrapper });
  await waitFor(() => expect(result.current.items).toEqual(["said in es"]));
  act(() => chooseLanguage("en"));
  await waitFor(() => expect(result.current.items).toEqual(["said in en"]));
  act(() => chooseLanguage(before));
});
