/**
 * Whether a feed may hold a connection. Over HTTP/1.1 a browser opens six to an origin, for all tabs together, and a
 * feed holds one for as long as it is followed: with a few tabs nothing else would come through. So there tabs that
 * nobody looks at give theirs up; what is known by id is resumed by id when somebody does.
 */

/** One tab that nobody looks at goes on: beside two windows in sight, of two feeds each, one connection is left. */
const BACKGROUND = "autocrea.feed";

export interface Room {
  /** Aborted when the connection has to be given up. */
  lost: AbortSignal;
  leave: () => void;
}

interface Wanted {
  /** Whether it is worth a connection while nobody looks. */
  background: boolean;
  /** Told when it has to wait until somebody does. */
  onRest: () => void;
}

/** Resolves when a connection may be held, or nobody wants one any more. */
export async function findRoom({ background, onRest }: Wanted, stopping: AbortSignal): Promise<Room> {
  const lost = new AbortController();
  const left = new AbortController();
  const room = { lost: lost.signal, leave: () => left.abort() };
  if (!isScarce()) return room;
  let held = false;
  const mayStay = async () => {
    if (document.hidden && !held) held = background && (await takePlace(left.signal));
    return held || !document.hidden;
  };
  while (!(await mayStay()) && !stopping.aborted) {
    onRest();
    await visibilityChange(stopping);
  }
  const look = () => void mayStay().then((stays) => stays || lost.abort());
  document.addEventListener("visibilitychange", look, { signal: left.signal });
  return room;
}

/** Newer protocols carry all requests of an origin over one connection. What came from the cache came over none. */
function isScarce(): boolean {
  const loaded = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const own = loaded.filter(({ name }) => name.startsWith(`${globalThis.location?.origin}/`));
  return own.some(({ nextHopProtocol }) => nextHopProtocol === "http/1.1");
}

/** The place of the one in the background, until it is given back or its tab is gone. None where there are no locks. */
function takePlace(until: AbortSignal): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  return new Promise((resolve) => {
    if (locks === undefined) return resolve(false);
    void locks.request(BACKGROUND, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && untilAborted(until);
    });
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function visibilityChange(stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true, signal: stopping });
    stopping.addEventListener("abort", () => resolve(), { once: true });
  });
}
