/** What this page holds of one person is gone before anything is drawn for the next one. */

import type { QueryClient } from "@tanstack/react-query";
import { forgetHere } from "@/shared/session/kept";
import { session } from "@/shared/session/session";
import { dismissToasts } from "@/shared/ui/toast-queue";

/**
 * From now on, until the function that is returned is called. In another tab, or at Clerk, one person may follow another
 * without anybody having been signed out here.
 */
export function forgetBetweenPersons(client: QueryClient): () => void {
  let known = session.person;
  return session.watch(() => {
    const before = known;
    known = session.person;
    if (known === before) return;
    if (before !== null) client.clear();
    if (known !== null) dismissToasts(); // for nobody, what was said of leaving may still be read
    if (before !== null && known !== null) forgetHere();
  });
}
