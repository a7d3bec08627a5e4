/** Every message of a generation's feed, from the first one on, in order; it grows while the generation runs. */

import { useEffect, useState } from "react";
import { requestHeaders } from "@/shared/api/client";
import type { FeedEvent } from "@/shared/feed/reader";
import { followFeed } from "@/shared/feed/reader";
import { type GenerationEvent, isTerminal } from "@/shared/generation/events";

type KeptName = Exclude<GenerationEvent["name"], "step_progressed">;
export type HistoryEvent = Extract<GenerationEvent, { name: KeptName }> & { id: number };

export type History = readonly HistoryEvent[];

const EMPTY: History = [];

/** `run` is the last one there is: its end is the history's, until somebody retries. */
export function useHistory(generationId: string, run: number): History {
  const [history, setHistory] = useState(EMPTY);
  useEffect(() => {
    setHistory(EMPTY);
    return followFeed({
      path: `/api/generations/${generationId}/events`,
      after: null,
      headers: requestHeaders,
      isLast: (event) => isTerminal(event.name) && runOf(event) >= run,
      onStatus: () => undefined,
      onEvent: (event) => {
        if (event.id !== null) setHistory((before) => [...before, kept(event)]);
      },
    });
  }, [generationId, run]);
  return history;
}

const kept = (event: FeedEvent): HistoryEvent => event as unknown as HistoryEvent;
const runOf = (event: FeedEvent): number => (event.data as { run?: number }).run ?? 0;
