/** A whole run is told in at most fourteen sentences, none of them a model's. */

import { expect, test } from "vitest";
import { es } from "@/shared/i18n/es";
import { announcements } from "./announcements";
import { receive } from "./reduce";
import { CAPS, Feed, generation, type StepName } from "./samples";
import { viewOf } from "./view";

const SAID_MAX = 14;

test("a run's start, its steps and its end are said once each, and nothing of what is written", () => {
  const feed = new Feed();
  const steps = Object.keys(CAPS) as StepName[];
  const events = [
    feed.started(),
    ...steps.flatMap((step) => [
      feed.event("step_started", { step }),
      feed.progressed(step, { text: "secret text" }),
      feed.completed(step),
    ]),
    feed.event("generation_completed", {
      steps: [],
      net_tokens: 10,
      warnings: 0,
      archive: { file_name: "a.zip", sha256: "0".repeat(64), bytes: 1, files: 1 },
    }),
  ];
  let view = viewOf(generation());
  const said = events.flatMap((event) => {
    const next = receive(view, event, { at: 1, language: "es" });
    const sentences = announcements(view, next, es);
    view = next;
    return sentences;
  });
  expect(said).toHaveLength(12);
  expect(said.length).toBeLessThanOrEqual(SAID_MAX);
  expect([said[0], said.at(-1)]).toEqual(["Generación iniciada.", "Completada."]);
  expect(said.join(" ")).not.toContain("secret");
});
