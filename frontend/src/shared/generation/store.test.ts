/**
 * Who is told of what.
 *
 * @vitest-environment happy-dom
 */

import { expect, test } from "vitest";
import { Feed, generation } from "./samples";
import { GenerationStore } from "./store";
import { viewOf } from "./view";

const aFrame = () => new Promise(requestAnimationFrame);

test("what a model writes changes the live view alone; the next event changes both", async () => {
  const store = new GenerationStore(viewOf(generation()), "es");
  const feed = new Feed();
  store.receive(feed.started());
  store.receive(feed.event("step_started", { step: "architecture" }));
  await aFrame();
  const before = store.snapshot();

  store.receive(feed.progressed("architecture", { text: "print(" }));
  await aFrame();
  const writing = store.snapshot();
  expect(writing.view).toBe(before.view);
  expect(writing.live.files.map((file) => file.text)).toEqual(["print("]);

  store.receive(feed.completed("architecture", [{ path: "app.py", bytes: 6 }]));
  await aFrame();
  expect(store.snapshot().view).toBe(store.snapshot().live);
  expect(store.snapshot().view.files.map((file) => file.text)).toEqual(["print("]);
});

test("those who watch are told once a frame, however much has come", async () => {
  const store = new GenerationStore(viewOf(generation()), "es");
  const feed = new Feed();
  let told = 0;
  store.watch(() => {
    told += 1;
  });
  for (const event of [feed.started(), feed.event("step_started", { step: "architecture" })])
    store.receive(event);
  for (let piece = 0; piece < 50; piece++) {
    store.receive(feed.progressed("architecture", { text: "x", offset: piece }));
  }
  await aFrame();
  expect(told).toBe(1);
  expect(store.snapshot().live.files[0]?.text).toBe("x".repeat(50));
});

/** A run that was stopped, and the feed that told of it. */
function stopped() {
  const store = new GenerationStore(viewOf(generation()), "es");
  const feed = new Feed();
  store.receive(feed.started());
  const retry = { quote_tokens: 50, steps: ["architecture"] };
  const cancelled = { fault: "cancelled_by_user", steps: [], net_tokens: 0, refunded_tokens: 0, retry };
  store.receive(feed.event("generation_cancelled", cancelled));
  return { store, feed };
}

test("an answer from before a retry does not take it back", () => {
  const { store } = stopped();
  store.retrying(2);
  store.seed(viewOf(generation({ status: "cancelled", sequence: 2 })), "es");
  expect([store.view.status, store.view.run]).toEqual(["queued", 2]);
});

test("the answer to a retry changes nothing when its run was told of before", () => {
  const { store, feed } = stopped();
  feed.run = 2;
  store.receive(feed.started());
  store.retrying(2);
  expect(store.view.status).toBe("running");
});

test("a retry that is rejected leaves what the earlier run came to", () => {
  const { store, feed } = stopped();
  store.retrying(2);
  feed.run = 2;
  store.receive(feed.event("generation_rejected", { fault: "insufficient_tokens", retry: null }));
  expect([store.view.status, store.view.retry?.quoteTokens]).toEqual(["cancelled", 50]);
});

test("an answer from before the stop does not take it back, one of another run says how that stands", () => {
  const store = new GenerationStore(viewOf(generation()), "es");
  store.receive(new Feed().started());
  store.cancelling();
  const before = generation({ status: "running", sequence: 1 });
  store.seed(viewOf(before), "es");
  expect(store.view.cancelRequested).toBe(true);
  store.seed(viewOf({ ...before, run: 2, sequence: 5 }), "es");
  expect(store.view.cancelRequested).toBe(false);
});

test("what one run was writing is not shown as the next one's", () => {
  const store = new GenerationStore(viewOf(generation()), "es");
  const feed = new Feed();
  store.receive(feed.started());
  store.receive(feed.event("step_started", { step: "architecture" }));
  store.receive(feed.progressed("architecture", { text: "print(" }));
  const { steps } = store.view;
  store.seed({ ...viewOf(generation({ status: "running", run: 2, sequence: 9 })), steps }, "es");
  expect(store.view.files).toEqual([]);
});

test("steps are called in the language that was chosen though the feed was ahead of the answer", () => {
  const store = new GenerationStore(viewOf(generation()), "es");
  const feed = new Feed();
  store.receive(feed.started());
  const answer = {
    ...store.view,
    steps: store.view.steps.map((step) => ({ ...step, title: "Architecture" })),
  };
  store.receive(feed.event("step_started", { step: "architecture" }));
  store.seed(answer, "en");
  const [first] = store.view.steps;
  expect([first?.title, first?.state]).toEqual(["Architecture", "running"]);
});
