/** What is being typed, kept in this browser until it has become a generation: no reload or version loses it. */

import { useCallback, useEffect, useState } from "react";
import { PIPELINE_DEFAULT } from "@/shared/pipeline/quote";
import { DRAFT_KEY } from "@/shared/session/kept";

export interface Draft {
  name: string;
  prompt: string;
  pipeline: string;
  model: string | null;
  /** Names the request: sent again after a cut, it is the same one. */
  key: string;
}

/** A project that another generation is asked for in, and what to begin with. */
export interface Target {
  projectId: string;
  proposal: Pick<Draft, "name" | "prompt"> & Partial<Draft>;
}

const empty = (): Draft => ({
  name: "",
  prompt: "",
  pipeline: PIPELINE_DEFAULT,
  model: null,
  key: crypto.randomUUID(),
});

/** A project's draft stays in its tab: no text of a project outlives its erasure in this browser. */
const shelf = (target: Target | null): { storage: Storage; key: string } =>
  target === null
    ? { storage: localStorage, key: DRAFT_KEY }
    : { storage: sessionStorage, key: `${DRAFT_KEY}.${target.projectId}` };

function kept(target: Target | null): Draft {
  const initial = { ...empty(), ...target?.proposal };
  try {
    const { storage, key } = shelf(target);
    const value: unknown = JSON.parse(storage.getItem(key) ?? "{}");
    return { ...initial, ...(value as Partial<Draft>) };
  } catch {
    return initial; // a draft of another version that does not parse is no draft
  }
}

/** At once: whoever types and leaves for another page finds it again. */
function keep(target: Target | null, draft: Draft): void {
  try {
    const { storage, key } = shelf(target);
    storage.setItem(key, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as its page.
  }
}

/** The draft of a new project, or of another generation of the one that is named; it is the same one for a form's life. */
export function useDraft(target: Target | null) {
  const [draft, setDraft] = useState(() => kept(target));

  useEffect(() => keep(target, draft), [target, draft]);

  /** Another content is another request. */
  const change = useCallback((changed: Partial<Omit<Draft, "key">>) => {
    setDraft((before) => ({ ...before, ...changed, key: crypto.randomUUID() }));
  }, []);

  const clear = useCallback(() => {
    const { storage, key } = shelf(target);
    storage.removeItem(key);
    setDraft(empty());
  }, [target]);

  return { draft, change, clear };
}
