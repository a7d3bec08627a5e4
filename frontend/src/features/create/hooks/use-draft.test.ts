/**
 * One draft in two tabs.
 *
 * @vitest-environment happy-dom
 */

import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { forgetHere } from "@/shared/session/kept";
import { useDraft } from "./use-draft";

const tab = () => renderHook(() => useDraft(null)).result;

afterEach(forgetHere);

test("what is typed in one is not lost when the other's has become a generation", () => {
  const first = tab();
  act(() => first.current.change({ prompt: "Una tienda" }));
  const second = tab();
  act(() => second.current.change({ prompt: "Una tienda, y ahora en verde" }));
  act(() => first.current.clear());
  expect(first.current.draft.prompt).toBe("");
  expect(tab().current.draft.prompt).toBe("Una tienda, y ahora en verde");
});

test("nothing is left of a draft that has become a generation", () => {
  const only = tab();
  act(() => only.current.change({ prompt: "Una tienda" }));
  act(() => only.current.clear());
  expect(tab().current.draft.prompt).toBe("");
});
