/** What is known of the page in the frame. A script may send as much as it likes: what is kept is bounded. */

import type { FrameMessage } from "@/shared/preview/messages";

/** More than a person reads; the rest is counted with what is there, or told as "and more". */
const KEPT_MAX = 30;

export interface FrameError {
  text: string;
  path: string;
  line: number;
  count: number;
}

export interface FrameRequest {
  method: string;
  path: string;
  status: number | null;
  count: number;
}

export interface FrameState {
  phase: "loading" | "shown" | "empty" | "left" | "looping";
  errors: readonly FrameError[];
  requests: readonly FrameRequest[];
  blocked: readonly string[];
  /** Whether something was not kept. */
  more: boolean;
}

export const NEW_FRAME: FrameState = { phase: "loading", errors: [], requests: [], blocked: [], more: false };

export type FrameAction = FrameMessage | { preview: "left" | "looping" | "begin" };

export function frameReducer(state: FrameState, action: FrameAction): FrameState {
  switch (action.preview) {
    case "begin":
      return NEW_FRAME;
    case "left":
    case "looping":
      return { ...state, phase: action.preview };
    case "alive":
      return state.phase === "left" ? { ...state, phase: "shown" } : state;
    case "shown":
      return { ...state, phase: action.empty ? "empty" : "shown" };
    case "error": {
      const { text, path, line } = action;
      return kept(state, "errors", { text, path, line, count: 1 });
    }
    case "request": {
      const { method, path, status } = action;
      return kept(state, "requests", { method, path, status, count: 1 });
    }
    case "blocked":
      if (state.blocked.includes(action.what)) return state;
      if (state.blocked.length >= KEPT_MAX) return { ...state, more: true };
      return { ...state, blocked: [...state.blocked, action.what] };
    case "ready":
    case "page":
      return state;
  }
}

function kept<Name extends "errors" | "requests">(
  state: FrameState,
  name: Name,
  entry: FrameState[Name][number],
): FrameState {
  const entries: readonly (FrameError | FrameRequest)[] = state[name];
  const index = entries.findIndex((one) => same(one, entry));
  const known = entries[index];
  if (known) return { ...state, [name]: entries.with(index, { ...known, count: known.count + 1 }) };
  if (entries.length >= KEPT_MAX) return { ...state, more: true };
  return { ...state, [name]: [...entries, entry] };
}

function same(one: FrameError | FrameRequest, other: FrameError | FrameRequest): boolean {
  const key = ({ count: _count, ...rest }: FrameError | FrameRequest) => JSON.stringify(rest);
  return key(one) === key(other);
}
