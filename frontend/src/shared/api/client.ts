/** The gateway's API: one typed client that speaks for the person who is signed in, in their language. */

import createClient, { type Middleware } from "openapi-fetch";
import { currentLanguage } from "@/shared/i18n/language";
import { session } from "@/shared/session/session";
import { Problem, problemOf } from "./problem";
import type { paths } from "./schema";

const UNAUTHENTICATED = 401;
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Headers of every request, those of the feeds too. */
export async function requestHeaders(): Promise<Record<string, string>> {
  const language = currentLanguage(); // of who asks: another may be chosen while the token is on its way
  const token = await session.token();
  return {
    "Accept-Language": language,
    traceparent: newTraceparent(),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
  };
}

/** Where a trace begins (W3C Trace Context): what the services do for this request is found by its id. */
function newTraceparent(): string {
  return `00-${randomHex(TRACE_BYTES)}-${randomHex(SPAN_BYTES)}-01`;
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const speakForThePerson: Middleware = {
  async onRequest({ request }) {
    for (const [name, value] of Object.entries(await requestHeaders())) request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    if (response.status === UNAUTHENTICATED) session.refused();
  },
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "" });
api.use(speakForThePerson);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer that succeeded. Throws `Problem`. */
export async function body<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemOf(response, error);
  if (data === undefined) throw new Problem(response.status, { code: "unexpected" });
  return data;
}

/** Waits for an answer that has no body. Throws `Problem`. */
export async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw problemOf(response, error);
}

/** Any request that the typed client does not cover: files, archives, feeds. Throws `Problem`. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(await requestHeaders()), ...init.headers };
  const response = await fetch(path, { ...init, headers });
  if (response.status === UNAUTHENTICATED) session.refused();
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  return response;
}
