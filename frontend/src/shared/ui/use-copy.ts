/** Puts a text on the clipboard and says whether that worked. */

import { useCallback } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { toast } from "./toast-queue";

/** `said` is what a person is told once it is there. */
export function useCopy(): (text: string, said: string) => void {
  const { copyFailed } = useTexts().generation;
  return useCallback(
    (text, said) =>
      void navigator.clipboard.writeText(text).then(
        () => toast(said),
        () => toast(copyFailed, "bad"),
      ),
    [copyFailed],
  );
}
