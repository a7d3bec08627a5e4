/** What this browser keeps of whoever is signed in: it goes when they sign out, for the next person may be another. */

/** Of what is typed in *Crear*; that of a project begins with it. */
export const DRAFT_KEY = "autocrea.draft";

export function forgetPerson(): void {
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith(DRAFT_KEY)) storage.removeItem(key);
  }
}
