/** Whether somebody is signed in, and who, for pages. */

import { useSyncExternalStore } from "react";
import { type SessionState, session } from "./session";

export function useSession(): SessionState {
  return useSyncExternalStore(session.watch, () => session.state);
}

export function usePerson(): string | null {
  return useSyncExternalStore(session.watch, () => session.person);
}
