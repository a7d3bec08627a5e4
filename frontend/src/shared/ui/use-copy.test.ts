/**
 * A clipboard that refuses says so.
 *
 * @vitest-environment happy-dom
 */

import { renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { dismissToasts, toasts } from "./toast-queue";
import { useCopy } from "./use-copy";

afterEach(() => {
  vi.unstubAllGlobals();
  dismissToasts();
});

test.each([
  ["refuses", { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) }],
  ["is not there", undefined],
])("a person is told when the clipboard %s", async (_how, clipboard) => {
  vi.stubGlobal("navigator", { clipboard, languages: ["es"] });
  renderHook(useCopy).result.current("x", "Copiado");
  await waitFor(() => expect(toasts.shown().map(({ tone }) => tone)).toEqual(["bad"]));
});
