/** How deep each queue was while the page was open: the last minutes, one sample an answer. */

import type { Queue } from "../api/operations";

/** Five minutes at one answer every five seconds. */
export const SAMPLES_MAX = 60;

export type Samples = ReadonlyMap<string, readonly number[]>;

export function withSample(before: Samples, queues: readonly Queue[]): Samples {
  return new Map(
    queues.map(({ queue, messages }) => {
      const earlier = before.get(queue) ?? [];
      // A queue that is not there has no depth: its line stands still.
      return [queue, messages === null ? earlier : [...earlier, messages].slice(-SAMPLES_MAX)];
    }),
  );
}

/** The points of a line over a box of this width and height, the newest at its right edge. */
export function pointsOf(samples: readonly number[], width: number, height: number): string {
  const top = Math.max(1, ...samples);
  const step = width / (SAMPLES_MAX - 1);
  return samples
    .map((value, index) => {
      const x = width - (samples.length - 1 - index) * step;
      return `${round(x)},${round(height - (value / top) * height)}`;
    })
    .join(" ");
}

const round = (value: number): number => Math.round(value * 10) / 10;
