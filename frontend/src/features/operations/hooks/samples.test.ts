/** The samples of queues and the line that they become. */

import { describe, expect, test } from "vitest";
import { pointsOf, SAMPLES_MAX, type Samples, withSample } from "./samples";

const queue = (messages: number | null) => [{ queue: "billing.inbox", messages, consumers: 1 }];

describe("the samples of queues", () => {
  test("are the last ones alone, however long the page is open", () => {
    let samples: Samples = new Map();
    for (let depth = 0; depth < SAMPLES_MAX + 5; depth += 1) samples = withSample(samples, queue(depth));
    expect(samples.get("billing.inbox")).toHaveLength(SAMPLES_MAX);
    expect(samples.get("billing.inbox")?.at(-1)).toBe(SAMPLES_MAX + 4);
  });

  test("stand still while a queue is not there", () => {
    const samples = withSample(withSample(new Map(), queue(3)), queue(null));
    expect(samples.get("billing.inbox")).toEqual([3]);
  });

  test("become a line that ends at the right and fills the height", () => {
    expect(pointsOf([0, 4], 59, 20)).toBe("58,20 59,0");
  });

  test("lie on the ground when nothing waits", () => {
    expect(pointsOf([0, 0], 59, 20)).toBe("58,20 59,20");
  });
});
