/**
 * Lists that are not all say so.
 *
 * @vitest-environment happy-dom
 */

import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Actions } from "./actions";
import { DeadLetters } from "./dead-letters";

const told = vi.hoisted(() => ({ left_out: 0 }));
const LETTER = {
  service: "billing",
  id: "1",
  type: "t",
  reason: "ValueError",
  source: "inbox",
  resolution: null,
};
const ACTION = {
  service: "billing",
  id: 7,
  at: "2026-11-26T03:00:00Z",
  who: "user_olga",
  action: "new_verb",
  target: "x",
};

vi.mock("../api/dead-letters", () => ({
  useDeadLetters: () => ({ data: { items: [LETTER], silent: [], ...told } }),
}));
vi.mock("../api/actions", () => ({
  useActions: () => ({
    data: { items: [{ ...ACTION, reason: null, outcome: "begun" }], silent: [], ...told },
  }),
}));
vi.mock("./dead-letter-row", () => ({ DeadLetterRow: () => null }));

const shown = (panel: React.ReactNode) => render(panel).container.textContent;

afterEach(cleanup);

test("how many older letters there are beside those that are shown", () => {
  expect(shown(<DeadLetters />)).not.toContain("más, anterior");
  told.left_out = 1;
  expect(shown(<DeadLetters />)).toContain("Hay 1 más, anterior a estos.");
  told.left_out = 37;
  expect(shown(<DeadLetters />)).toContain("Hay 37 más, anteriores a estos.");
});

test("an action without a name of ours is called as its service calls it, and older ones are counted", () => {
  told.left_out = 7;
  const text = shown(<Actions />);
  expect(text).toContain("new_verb (empezado)");
  expect(text).toContain("user_olga · billing");
  expect(text).toContain("Hay 7 más, anteriores");
});
