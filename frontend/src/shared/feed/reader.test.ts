/** The feed through cuts: by id, without repeats, until its last event. */

import { afterEach, expect, test, vi } from "vitest";
import { session } from "@/shared/session/session";
import { type FeedEvent, type FeedStatus, followFeed } from "./reader";

type Answer = { status?: number; lines?: string[] };

/** A server that answers one connection after the other, and what it was asked with. */
function server(...answers: Answer[]) {
  const asked: Record<string, string>[] = [];
  const fetch = async (_path: unknown, init?: RequestInit): Promise<Response> => {
    asked.push(init?.headers as Record<string, string>);
    const { status = 200, lines = [] } = answers.shift() ?? { status: 204 };
    return new Response(status === 204 ? null : lines.join(""), { status });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

const line = (id: number, name = "step_started") => `id: ${id}\nevent: ${name}\ndata: {"n":${id}}\n\n`;

interface Following {
  fetch: typeof globalThis.fetch;
  after?: number;
  last?: string;
  afresh?: string;
}

/** A clock of our own goes on by so much while nothing happens: nobody waits for pauses between connections. */
const TICK_MS = 100;

async function follow(options: Following) {
  const events: FeedEvent[] = [];
  const statuses: FeedStatus[] = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let over = false;
  const ended = new Promise<void>((resolve) => {
    followFeed({
      path: "/feed",
      after: options.after ?? null,
      headers: async () => ({ Authorization: "Bearer t" }),
      fetch: options.fetch,
      onEvent: (event) => events.push(event),
      onStatus: (status) => {
        statuses.push(status);
        if (status === "ended") resolve();
      },
      isLast: (event) => event.name === options.last,
      startsAfresh: (event) => event.name === options.afresh,
    });
  });
  void ended.then(() => {
    over = true;
  });
  while (!over) await vi.advanceTimersByTimeAsync(TICK_MS);
  vi.useRealTimers();
  return { events, statuses };
}

test("events keep their order and ids over a cut, and none comes twice", async () => {
  const { asked, fetch } = server({ lines: [line(1), line(2)] }, { lines: [line(2), line(3, "end")] });
  const { events, statuses } = await follow({ fetch, last: "end" });
  expect(events.map((event) => event.id)).toEqual([1, 2, 3]);
  expect(asked.map((headers) => headers["Last-Event-ID"])).toEqual([undefined, "2"]);
  expect(statuses).toEqual(["connecting", "live", "waiting", "live", "ended"]);
});

test("the session's header goes along and the feed begins after what is known", async () => {
  const { asked, fetch } = server({ status: 204 });
  await follow({ fetch, after: 7 });
  expect(asked[0]).toMatchObject({ Authorization: "Bearer t", "Last-Event-ID": "7" });
});

test("a server that is away is asked again until it answers", async () => {
  const { asked, fetch } = server({ status: 503 }, { status: 503 }, { lines: [line(1, "end")] });
  const { events } = await follow({ fetch, last: "end" });
  expect([asked.length, events.length]).toEqual([3, 1]);
});

test("what has no id is handed on and does not move the position", async () => {
  const { asked, fetch } = server({ lines: [line(4), 'event: step_progressed\ndata: {"text":"x"}\n\n'] });
  const { events } = await follow({ fetch });
  expect(events.map((event) => event.id)).toEqual([4, null]);
  expect(asked[1]?.["Last-Event-ID"]).toBe("4");
});

test("a token that was refused is not sent again", async () => {
  const refused = vi.fn();
  session.tell({ token: async () => "t", refused, signOut: async () => undefined }, "ada");
  const { fetch } = server({ status: 401 }, { lines: [line(1, "end")] });
  await follow({ fetch, last: "end" });
  expect(refused).toHaveBeenCalledTimes(1);
});

test("an event that nobody understands is told and passed over", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue();
  const { asked, fetch } = server({ lines: [line(1), "id: 2\ndata: {\n\n", line(3, "end")] });
  const { events } = await follow({ fetch, last: "end" });
  expect([events.map((event) => event.id), asked.length, told.mock.calls.length]).toEqual([[1, 3], 1, 1]);
  told.mockRestore();
});

test("lower ids count again from an event that tells everything afresh", async () => {
  const { asked, fetch } = server({ lines: [line(9)] }, { lines: [line(2, "snapshot"), line(3, "end")] });
  const { events } = await follow({ fetch, last: "end", afresh: "snapshot" });
  expect(events.map((event) => event.id)).toEqual([9, 2, 3]);
  expect(asked[1]?.["Last-Event-ID"]).toBe("9");
});

test("a feed that is given up in mid chunk hands nothing on any more", async () => {
  const { fetch } = server({ lines: [line(1), line(2)] });
  const events: FeedEvent[] = [];
  await new Promise<void>((given) => {
    const stop = followFeed({
      path: "/feed",
      after: null,
      headers: async () => ({}),
      fetch,
      onEvent: (event) => {
        events.push(event);
        stop();
        given();
      },
      onStatus: () => undefined,
    });
  });
  await new Promise((turn) => setTimeout(turn));
  expect(events.map((event) => event.id)).toEqual([1]);
});

/** A page that nobody looks at, where connections are few. */
function hiddenPage() {
  const page = Object.assign(new EventTarget(), { hidden: true });
  vi.stubGlobal("document", page);
  vi.stubGlobal("location", { origin: "http://autocrea.test" });
  const loaded = [{ name: "http://autocrea.test/", nextHopProtocol: "http/1.1" }];
  vi.spyOn(performance, "getEntriesByType").mockReturnValue(loaded as unknown as PerformanceEntryList);
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a feed that is given up before it has found room tells of no rest", async () => {
  hiddenPage();
  const { asked, fetch } = server();
  const statuses: FeedStatus[] = [];
  const onStatus = (status: FeedStatus) => void statuses.push(status);
  const unread = { path: "/feed", after: null, headers: async () => ({}), fetch, onEvent: () => undefined };
  followFeed({ ...unread, onStatus })();
  await new Promise((turn) => setTimeout(turn));
  expect([statuses, asked]).toEqual([["connecting"], []]);
});

test("a feed that is given up while it rests asks for nothing", async () => {
  hiddenPage();
  const { asked, fetch } = server();
  let stop: () => void = () => undefined;
  await new Promise<void>((rests) => {
    stop = followFeed({
      path: "/feed",
      after: null,
      headers: async () => ({}),
      fetch,
      onEvent: () => undefined,
      onStatus: (status) => status === "resting" && rests(),
    });
  });
  stop();
  await new Promise((turn) => setTimeout(turn));
  expect(asked).toEqual([]);
});
