/** Every error of the API as one class: what to tell a person, and the code that pages decide by. */

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly traceId: string | null;
  readonly retryAfterSeconds: number | null;
  /** What the code says besides: `available`, `needed`, `reason`, … */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, body: unknown, retryAfterSeconds: number | null = null) {
    const members = isRecord(body) ? body : {};
    super(typeof members.detail === "string" ? members.detail : `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = typeof members.code === "string" ? members.code : "unexpected";
    this.traceId = typeof members.trace_id === "string" ? members.trace_id : null;
    this.retryAfterSeconds = retryAfterSeconds;
    this.members = members;
  }

  /** A number that the problem tells, if it does. */
  count(name: string): number | null {
    const value = this.members[name];
    return typeof value === "number" ? value : null;
  }
}

/** Whether asking again may help: our side was away, not wrong. */
export function isTransient(error: unknown): boolean {
  return error instanceof Problem ? error.status >= 500 || error.status === 0 : error instanceof TypeError;
}

/** What was looked at is not there any more, or never was one's own: nothing known of it is shown. */
export const isGone = (error: unknown): boolean => error instanceof Problem && error.status === 404;

/** What is shown of a price is old: nothing has begun, and the new one is to be shown before anybody asks again. */
export const isQuoteChanged = (error: unknown): boolean =>
  error instanceof Problem && error.code === "quote_changed";

export function problemOf(response: Response, body: unknown): Problem {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem(response.status, body, Number.isNaN(seconds) ? null : seconds);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
