/** What the frame tells the page around it. A model's script may send anything: only what has these shapes is heard. */

export type FrameMessage =
  | { preview: "ready" }
  | { preview: "alive" }
  | { preview: "shown"; empty: boolean }
  | { preview: "error"; text: string; path: string; line: number }
  | { preview: "request"; method: string; path: string; status: number | null }
  | { preview: "blocked"; what: string }
  | { preview: "page"; path: string };

/** Longer texts are cut: nobody reads them, and a script could send megabytes. */
const TEXT_CHARS_MAX = 500;

const cut = (value: unknown): string => (typeof value === "string" ? value.slice(0, TEXT_CHARS_MAX) : "");
const whole = (value: unknown): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;

/** Null for anything else. */
export function messageOf(data: unknown): FrameMessage | null {
  if (typeof data !== "object" || data === null) return null;
  const raw = data as Record<string, unknown>;
  switch (raw.preview) {
    case "ready":
    case "alive":
      return { preview: raw.preview };
    case "shown":
      return { preview: "shown", empty: raw.empty === true };
    case "error":
      return { preview: "error", text: cut(raw.text), path: cut(raw.path), line: whole(raw.line) };
    case "request": {
      const status = raw.status === null ? null : whole(raw.status);
      return { preview: "request", method: cut(raw.method), path: cut(raw.path), status };
    }
    case "blocked":
      return { preview: "blocked", what: cut(raw.what) };
    case "page":
      return { preview: "page", path: cut(raw.path) };
    default:
      return null;
  }
}
