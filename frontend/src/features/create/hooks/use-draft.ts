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

/** At once: whoever types and leaves for another page finds it again. */
function keep(draft: Draft): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as its page.
  }
}

export function useDraft() {
  const [draft, setDraft] = useState(kept);

  useEffect(() => keep(draft), [draft]);

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
