/** What this browser keeps of whoever is signed in: it goes when they sign out, for the next person may be another. */

import { forget } from "@/shared/browser-storage";

/** Of what is typed in *Crear*; that of a project begins with it. */
export const DRAFT_KEY = "autocrea.draft";
/** Where tabs hear of it: what a tab keeps for itself, no other one can take away. */
const CHANNEL = "autocrea.forget";

/** In every tab of this browser. */
export function forgetPerson(): void {
  forgetHere();
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** From now on this tab forgets with the others. */
export function forgetWithOthers(): void {
  new BroadcastChannel(CHANNEL).addEventListener("message", forgetHere);
}

/** In this browser, without a word to its other tabs. */
export function forgetHere(): void {
  forget(DRAFT_KEY);
  forget(DRAFT_KEY, "sessionStorage");
}
