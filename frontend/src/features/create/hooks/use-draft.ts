/** What is being typed, kept in this browser until it has become a generation: no reload or version loses it. */

import { useCallback, useEffect, useState } from "react";
import { PIPELINE_DEFAULT } from "@/shared/pipeline/quote";

export interface Draft {
  name: string;
  prompt: string;
  pipeline: string;
  model: string | null;
  /** Names the request: sent again after a cut, it is the same one. */
  key: string;
}

const KEY = "autocrea.draft";
/** Typing is not slowed down by the disk, and a crash loses no more than this. */
const SAVE_MS = 250;

const empty = (): Draft => ({
  name: "",
  prompt: "",
  pipeline: PIPELINE_DEFAULT,
  model: null,
  key: crypto.randomUUID(),
});

function kept(): Draft {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return { ...empty(), ...(value as Partial<Draft>) };
  } catch {
    return empty(); // a draft of another version that does not parse is no draft
  }
}

export function useDraft() {
  const [draft, setDraft] = useState(kept);

  useEffect(() => {
    const save = () => localStorage.setItem(KEY, JSON.stringify(draft));
    const timer = setTimeout(save, SAVE_MS);
    addEventListener("pagehide", save);
    return () => {
      clearTimeout(timer);
      removeEventListener("pagehide", save);
    };
  }, [draft]);

  /** Another content is another request. */
  const change = useCallback((changed: Partial<Omit<Draft, "key">>) => {
    setDraft((before) => ({ ...before, ...changed, key: crypto.randomUUID() }));
  }, []);

  const clear = useCallback(() => {
    localStorage.removeItem(KEY);
    setDraft(empty());
  }, []);

  return { draft, change, clear };
}
