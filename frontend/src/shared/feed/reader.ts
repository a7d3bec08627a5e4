/**
 * Reads one server-sent feed for as long as somebody wants it: with the session's header, by id, through every cut. What
 * it hands on is in order; what came already never comes again.
 */

import { createParser } from "eventsource-parser";
import { session } from "@/shared/session/session";
import { findRoom } from "./room";

const UNAUTHENTICATED = 401;
/** The gateway pings every 15 s: a connection silent for two of them and a bit is dead, whatever TCP thinks. */
const SILENCE_MS_MAX = 35_000;
const RETRY_MS_FIRST = 500;
/** A page that waits longer than this for a server that is back feels broken. */
const RETRY_MS_MAX = 8_000;

export interface FeedEvent {
  /** Null for what is passed through without being kept. */
  id: number | null;
  name: string;
  data: unknown;
}

/** `resting`: there is no connection for a tab that nobody looks at. */
export type FeedStatus = "connecting" | "live" | "waiting" | "resting" | "ended";

export interface FeedOptions {
  path: string;
  /** The last id that is known already. */
  after: number | null;
  headers: () => Promise<Record<string, string>>;
  onEvent: (event: FeedEvent) => void;
  onStatus: (status: FeedStatus) => void;
  /** Whether it is worth a connection while nobody looks. */
  background?: boolean;
  /** Whether nothing can follow this event. */
  isLast?: (event: FeedEvent) => boolean;
  /** Whether everything is told afresh from this event on: its id counts, even if a higher one is known. */
  startsAfresh?: (event: FeedEvent) => boolean;
  fetch?: typeof fetch;
}

/** Follow a feed; the function that is returned stops it. */
export function followFeed(options: FeedOptions): () => void {
  const stopping = new AbortController();
  void follow(options, stopping.signal);
  return () => stopping.abort();
}

async function follow(options: FeedOptions, stopping: AbortSignal): Promise<void> {
  let after = options.after;
  let pause = RETRY_MS_FIRST;
  const wanted = { background: options.background ?? false, onRest: () => options.onStatus("resting") };
  options.onStatus("connecting");
  while (!stopping.aborted) {
    const room = await findRoom(wanted, stopping);
    if (stopping.aborted) return room.leave();
    const giveUp = AbortSignal.any([stopping, room.lost]);
    const outcome = await readOnce(options, after, giveUp, (event) => {
      if (event.id !== null) {
        if (after !== null && event.id <= after && !options.startsAfresh?.(event)) return false;
        after = event.id;
      }
      options.onEvent(event);
      return options.isLast?.(event) ?? false;
    });
    room.leave();
    if (stopping.aborted) return;
    if (room.lost.aborted) continue;
    if (outcome === "ended") {
      options.onStatus("ended");
      return;
    }
    pause = outcome === "cut" ? RETRY_MS_FIRST : Math.min(pause * 2, RETRY_MS_MAX);
    options.onStatus("waiting");
    await pauseOrOnline(pause * (0.5 + Math.random() / 2), stopping);
  }
}

/** `cut`: it had been open, so come back at once; `refused`: it never was, so come back later. */
type Outcome = "ended" | "cut" | "refused";

async function readOnce(
  options: FeedOptions,
  after: number | null,
  stopping: AbortSignal,
  take: (event: FeedEvent) => boolean,
): Promise<Outcome> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  stopping.addEventListener("abort", abort);
  let silence = setTimeout(abort, SILENCE_MS_MAX);
  let opened = false;
  try {
    const headers: Record<string, string> = { ...(await options.headers()), Accept: "text/event-stream" };
    if (after !== null) headers["Last-Event-ID"] = String(after);
    const response = await (options.fetch ?? fetch)(options.path, {
      headers,
      cache: "no-store",
      signal: connection.signal,
    });
    if (response.status === 204 || response.status === 404) return "ended";
    if (response.status === UNAUTHENTICATED) session.refused(); // or the same token would be sent until it expires
    if (!response.ok || response.body === null) return "refused";
    opened = true;
    options.onStatus("live");
    let last = false;
    const parser = createParser({
      onEvent: (message) => {
        const id = message.id === undefined ? null : Number(message.id);
        if (last || stopping.aborted) return; // nobody wants what came along with it
        try {
          last = take({ id, name: message.event ?? "message", data: JSON.parse(message.data) });
        } catch (error) {
          console.error(error); // one event that nobody understands costs itself, not the feed
        }
      },
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    while (!last) {
      const { value, done } = await reader.read();
      if (done) return "cut";
      clearTimeout(silence);
      silence = setTimeout(abort, SILENCE_MS_MAX);
      parser.feed(value);
    }
    return "ended";
  } catch {
    // No token, no network, or a silence that was taken for a cut: whoever follows comes back.
    return opened ? "cut" : "refused";
  } finally {
    clearTimeout(silence);
    stopping.removeEventListener("abort", abort);
    connection.abort();
  }
}

function pauseOrOnline(milliseconds: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      stopping.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    globalThis.addEventListener?.("online", done);
    stopping.addEventListener("abort", done);
  });
}
