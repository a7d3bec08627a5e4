/** Whether somebody is signed in, for pages. */

import { useSyncExternalStore } from "react";
import { type SessionState, session } from "./session";

export function useSession(): SessionState {
  return useSyncExternalStore(session.watch, () => session.state);
}
