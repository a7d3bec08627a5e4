/**
 * The search of the projects and the address.
 *
 * @vitest-environment happy-dom
 */

import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useSearch } from "./use-search";

const address = vi.hoisted(() => ({ buscar: undefined as string | undefined, visits: 0 }));

vi.mock("@tanstack/react-router", () => {
  const navigate = ({ search }: { search: { buscar?: string } }) => {
    address.buscar = search.buscar;
    address.visits += 1;
  };
  return {
    getRouteApi: () => ({ useSearch: () => ({ buscar: address.buscar }) }),
    useNavigate: () => navigate,
  };
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is typed goes into the address, and an address that changes is what is searched for", () => {
  const hook = renderHook(useSearch);
  act(() => hook.result.current.setTyped("blog"));
  act(() => vi.advanceTimersByTime(1_000));
  hook.rerender();
  expect([address.buscar, hook.result.current.search]).toEqual(["blog", "blog"]);

  address.buscar = undefined; // the link to all of them
  hook.rerender();
  act(() => vi.advanceTimersByTime(1_000));
  hook.rerender();
  expect([hook.result.current.typed, address.buscar, address.visits]).toEqual(["", undefined, 1]);
});
