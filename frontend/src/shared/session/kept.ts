/** What this browser keeps of whoever is signed in: it goes when they sign out, for the next person may be another. */

import { forget } from "@/shared/browser-storage";

/** Of what is typed in *Crear*; that of a project begins with it. */
export const DRAFT_KEY = "autocrea.draft";

export function forgetPerson(): void {
  forget(DRAFT_KEY);
  forget(DRAFT_KEY, "sessionStorage");
}
