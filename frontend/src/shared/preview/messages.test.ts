/** Anything may come from the frame; only what has a known shape is heard, and no more of it than is read. */

import { expect, test } from "vitest";
import { messageOf } from "./messages";

test.each([null, 1, "ready", {}, { preview: "own" }, { preview: ["ready"] }, [{ preview: "ready" }]])(
  "%j is not heard",
  (data) => {
    expect(messageOf(data)).toBeNull();
  },
);

test("texts are cut and numbers are checked", () => {
  const error = messageOf({ preview: "error", text: "x".repeat(10_000), path: {}, line: -1 });
  expect(error).toEqual({ preview: "error", text: "x".repeat(500), path: "", line: 0 });
  expect(messageOf({ preview: "request", method: "GET", path: "/a", status: "200" })).toEqual({
    preview: "request",
    method: "GET",
    path: "/a",
    status: 0,
  });
  expect(messageOf({ preview: "shown", empty: "yes", extra: 1 })).toEqual({ preview: "shown", empty: false });
});
