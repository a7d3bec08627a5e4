/**
 * Which file is shown while nobody has chosen one.
 *
 * @vitest-environment happy-dom
 */

import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FileView } from "@/shared/generation/view";
import { SHOWN_MS_MIN, useFollowed } from "./use-open-files";

const file = (path: string, sha256: string | null = null): FileView => ({
  path,
  step: "backend",
  bytes: 1,
  sha256,
  text: "x",
  startsAt: 0,
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("a file stays in sight for a moment, however fast the next ones begin", () => {
  const one = file("one.py");
  const followed = renderHook(useFollowed, { initialProps: [one] });
  followed.rerender([one, file("two.py")]);
  followed.rerender([one, file("two.py"), file("three.py")]);
  expect(followed.result.current?.path).toBe("one.py");
  vi.advanceTimersByTime(SHOWN_MS_MIN);
  followed.rerender([one, file("two.py"), file("three.py")]);
  expect(followed.result.current?.path).toBe("three.py");
});

test("the file to begin with is shown as soon as nothing is written any more", () => {
  const followed = renderHook(useFollowed, { initialProps: [file("app.py")] });
  followed.rerender([file("app.py", "1"), file("README.md", "2")]);
  expect(followed.result.current?.path).toBe("README.md");
});

test("a file that is gone gives way at once", () => {
  const followed = renderHook(useFollowed, { initialProps: [file("lost.py")] });
  followed.rerender([file("again.py")]);
  expect(followed.result.current?.path).toBe("again.py");
});
