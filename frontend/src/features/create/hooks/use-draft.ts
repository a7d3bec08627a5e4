/** What is being typed, kept in this browser until it has become a generation: no reload or version loses it. */

import { useCallback, useEffect, useRef, useState } from "react";
import { type Area, forget, recall, remember } from "@/shared/browser-storage";
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
const shelf = (target: Target | null): [key: string, area: Area] =>
  target === null ? [DRAFT_KEY, "localStorage"] : [`${DRAFT_KEY}.${target.projectId}`, "sessionStorage"];

function kept(target: Target | null): Draft {
  const initial = { ...empty(), ...target?.proposal };
  try {
    const value: unknown = JSON.parse(recall(...shelf(target)) ?? "{}");
    return { ...initial, ...(value as Partial<Draft>) };
  } catch {
    return initial; // a draft of another version that does not parse is no draft
  }
}

/** The draft of a new project, or of another generation of the one that is named; it is the same one for a form's life. */
export function useDraft(target: Target | null) {
  const [draft, setDraft] = useState(() => kept(target));
  const [key, area] = shelf(target);
  const cleared = useRef<Draft | null>(null);

  // At once: whoever types and leaves for another page finds it again.
  useEffect(() => {
    if (draft !== cleared.current) remember(key, JSON.stringify(draft), area);
  }, [key, area, draft]);

  /** Another content is another request. */
  const change = useCallback((changed: Partial<Omit<Draft, "key">>) => {
    setDraft((before) => ({ ...before, ...changed, key: crypto.randomUUID() }));
  }, []);

  /** What it became is not kept any more; what another tab has made of it meanwhile is. */
  const clear = useCallback(() => {
    if (kept(target).key === draft.key) forget(key, area);
    cleared.current = empty();
    setDraft(cleared.current);
  }, [target, key, area, draft.key]);

  return { draft, change, clear };
}
