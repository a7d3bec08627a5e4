/**
 * How long a message stays.
 *
 * @vitest-environment happy-dom
 */

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dismissToasts, toast } from "./toast-queue";
import { SHOWN_MS, Toasts } from "./toasts";

beforeEach(() => {
  vi.useFakeTimers();
  render(<Toasts />);
});

afterEach(() => {
  act(dismissToasts);
  cleanup();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTime(milliseconds));
const isShown = (text: string) => screen.queryByText(text) !== null;

test("a message goes by itself, what went wrong later than the rest", () => {
  act(() => toast("Copiado"));
  act(() => toast("No se pudo copiar", "bad"));
  pass(SHOWN_MS.good - 1);
  expect(isShown("Copiado")).toBe(true);
  pass(1);
  expect([isShown("Copiado"), isShown("No se pudo copiar")]).toEqual([false, true]);
  pass(SHOWN_MS.bad - SHOWN_MS.good);
  expect(isShown("No se pudo copiar")).toBe(false);
});

test("a message waits while it is pointed at, then goes on with the time it had left", () => {
  act(() => toast("Copiado"));
  pass(SHOWN_MS.good - 1_000);
  const region = screen.getByRole("status").parentElement as HTMLElement;
  fireEvent.pointerEnter(region, { pointerType: "mouse" });
  pass(60_000);
  expect(isShown("Copiado")).toBe(true);
  fireEvent.pointerLeave(region, { pointerType: "mouse" });
  pass(1_000);
  expect(isShown("Copiado")).toBe(false);
});

test("a message waits while the keyboard is in it", () => {
  act(() => toast("Copiado"));
  const close = screen.getByRole("button");
  act(() => close.focus());
  pass(60_000);
  expect(isShown("Copiado")).toBe(true);
  act(() => close.blur());
  pass(SHOWN_MS.good);
  expect(isShown("Copiado")).toBe(false);
});

test("the next message goes by itself when the one before was closed under the pointer", () => {
  act(() => toast("Primero"));
  fireEvent.pointerEnter(screen.getByRole("status").parentElement as HTMLElement, { pointerType: "mouse" });
  act(() => screen.getByRole("button").focus());
  fireEvent.click(screen.getByRole("button"));
  act(() => toast("Segundo"));
  pass(SHOWN_MS.good);
  expect(isShown("Segundo")).toBe(false);
});

test("the oldest of four messages gives way", () => {
  act(() => ["uno", "dos", "tres", "cuatro"].forEach((text) => void toast(text)));
  expect(["uno", "dos", "tres", "cuatro"].map(isShown)).toEqual([false, true, true, true]);
});
