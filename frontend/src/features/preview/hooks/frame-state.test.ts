/** What is kept of a frame is bounded, whatever its scripts send. */

import { expect, test } from "vitest";
import { type FrameAction, frameReducer, NEW_FRAME } from "./frame-state";

const after = (...actions: FrameAction[]) => actions.reduce(frameReducer, NEW_FRAME);
const error = (text: string): FrameAction => ({ preview: "error", text, path: "app.js", line: 3 });

test("equal errors are counted, others are listed up to a limit that is told", () => {
  const twice = after(error("a"), error("a"), error("b"));
  expect(twice.errors.map(({ text, count }) => [text, count])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  const many = after(...Array.from({ length: 500 }, (_, index) => error(String(index))));
  expect(many.errors).toHaveLength(30);
  expect(many.more).toBe(true);
});

test("a page that has gone is shown again when it answers after all", () => {
  expect(after({ preview: "left" }).phase).toBe("left");
  expect(after({ preview: "left" }, { preview: "alive" }).phase).toBe("shown");
  expect(after({ preview: "shown", empty: true }).phase).toBe("empty");
  expect(after({ preview: "shown", empty: true }, { preview: "shown", empty: false }).phase).toBe("shown");
});
