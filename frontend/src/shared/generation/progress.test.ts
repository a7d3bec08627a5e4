/** Text as it is written: appended, never joined over a gap, never spliced from two models. */

import { expect, test } from "vitest";
import type { FeedEvent } from "@/shared/feed/reader";
import { receive } from "./reduce";
import { Feed, generation } from "./samples";
import { type GenerationView, viewOf } from "./view";

const MOMENT = { at: 1_000, language: "es" } as const;

function writing(...pieces: ((feed: Feed) => FeedEvent)[]): GenerationView {
  const feed = new Feed();
  const begin = [feed.started(), feed.event("step_started", { step: "backend" })];
  return [...begin, ...pieces.map((piece) => piece(feed))].reduce(
    (view, event) => receive(view, event, MOMENT),
    viewOf(generation()),
  );
}

test("a file grows piece by piece when none is lost", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "import " }),
    (feed) => feed.progressed("backend", { text: "os", offset: 7 }),
  );
  expect(view.files).toMatchObject([{ path: "app.py", text: "import os", bytes: 9, startsAt: 0 }]);
  expect(view.steps[1]?.live).toMatchObject({ model: "joxcoder-1", path: "app.py" });
});

test("offsets count code points when a text has characters beyond the first plane", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "🚀" }),
    (feed) => feed.progressed("backend", { text: "ñ", offset: 1 }),
  );
  expect(view.files).toMatchObject([{ text: "🚀ñ", bytes: 6 }]);
});

test("what came before a lost piece is not shown as if nothing were missing", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "import " }),
    (feed) => feed.progressed("backend", { text: "end", offset: 90 }),
  );
  expect(view.files).toMatchObject([{ text: "end", startsAt: 90 }]);
});

test("a text that is written again replaces the first when the same model repeats itself", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "first try" }),
    (feed) => feed.progressed("backend", { text: "second", call_id: "call-2" }),
  );
  expect(view.files).toMatchObject([{ text: "second" }]);
});

test("nothing of a model's text is left when another one answers in its place", () => {
  const replaced = { model: "joxcoder-1", reason: "timeout" };
  const view = writing(
    (feed) => feed.progressed("backend", { text: "mine", path: "a.py" }),
    (feed) =>
      feed.progressed("backend", { text: "yours", path: "b.py", call_id: "2", model: "gpt", replaced }),
  );
  expect(view.files.map((file) => [file.path, file.text])).toEqual([["b.py", "yours"]]);
  expect(view.steps[1]?.live?.replaced).toEqual(replaced);
});

test("a piece that comes after its step has ended changes nothing", () => {
  const view = writing(
    (feed) => feed.completed("backend", [{ path: "app.py", bytes: 9 }]),
    (feed) => feed.progressed("backend", { text: "late" }),
  );
  expect(view.files).toMatchObject([{ path: "app.py", text: null, bytes: 9 }]);
});

test("what is written again is not joined to what somebody who came midway has seen", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "the end", offset: 90 }),
    (feed) => feed.progressed("backend", { text: "from the start", call_id: "call-2" }),
  );
  expect(view.files).toMatchObject([{ text: "from the start", startsAt: 0 }]);
});

test("a lost piece is not passed over when somebody came midway", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "abc", offset: 90 }),
    (feed) => feed.progressed("backend", { text: "d", offset: 93 }),
    (feed) => feed.progressed("backend", { text: "z", offset: 99 }),
  );
  expect(view.files).toMatchObject([{ text: "z", startsAt: 99 }]);
});

test("a piece of an attempt that was rejected meanwhile changes nothing", () => {
  const view = writing(
    (feed) => feed.progressed("backend", { text: "first" }),
    (feed) =>
      feed.event("step_attempt_failed", { step: "backend", next_attempt: 2, findings: [], calls: [] }),
    (feed) => feed.progressed("backend", { text: " try", offset: 5 }),
  );
  expect([view.files, view.steps[1]?.live]).toEqual([[], null]);
});
