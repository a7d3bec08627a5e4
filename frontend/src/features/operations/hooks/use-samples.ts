/** Takes a sample of every answer about queues. */

import { useEffect, useState } from "react";
import type { Queue } from "../api/operations";
import { type Samples, withSample } from "./samples";

export function useSamples(queues: readonly Queue[] | undefined, answeredAt: number): Samples {
  const [samples, setSamples] = useState<Samples>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer that equals the one before is a sample too
  useEffect(() => {
    if (queues) setSamples((before) => withSample(before, queues));
  }, [queues, answeredAt]);
  return samples;
}
