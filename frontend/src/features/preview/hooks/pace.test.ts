/** A page that leads to itself is left where it is; a person is not. */

import { expect, test } from "vitest";
import { Pace } from "./pace";

test("links are followed at a person's pace and not at a script's", () => {
  const script = new Pace();
  expect(Array.from({ length: 50 }, (_, hop) => script.allows(hop * 50)).filter(Boolean)).toHaveLength(5);
  const person = new Pace();
  expect(Array.from({ length: 50 }, (_, hop) => person.allows(hop * 1_000)).every(Boolean)).toBe(true);
});
