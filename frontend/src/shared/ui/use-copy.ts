/** Puts a text on the clipboard and says whether that worked. */

import { useCallback } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { toast } from "./toast-queue";

/** A page that is not served securely has no clipboard at all: that is a refusal like any other. */
const write = async (text: string): Promise<void> => navigator.clipboard.writeText(text);

/** `said` is what a person is told once it is there. */
export function useCopy(): (text: string, said: string) => void {
  const { copyFailed } = useTexts().generation;
  return useCallback(
    (text, said) =>
      void write(text).then(
        () => toast(said),
        () => toast(copyFailed, "bad"),
      ),
    [copyFailed],
  );
}
