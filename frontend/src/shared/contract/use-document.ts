/** A document that a step stored as JSON: its text, read; or how far that has come. */

import { useMemo } from "react";
import { useFileText } from "@/shared/generation/file-text";
import { type GenerationView, isOpen } from "@/shared/generation/view";

export type StoredDocument<T> =
  | { state: "waiting" | "none" | "loading" | "unreadable" }
  | { state: "failed"; refetch: () => void }
  | { state: "read"; value: T };

/** `read` must be the same function at every call, and answers null for what it cannot make sense of. */
export function useDocument<T>(
  view: GenerationView,
  path: string,
  read: (text: string) => T | null,
): StoredDocument<T> {
  const file = view.files.findLast((one) => one.path === path && one.sha256 !== null);
  const { data, isError, refetch } = useFileText(view.generationId, file);
  const value = useMemo(() => (data === undefined ? null : read(data)), [data, read]);
  if (file === undefined) return { state: isOpen(view) ? "waiting" : "none" };
  if (value !== null) return { state: "read", value };
  if (data !== undefined) return { state: "unreadable" };
  return isError ? { state: "failed", refetch: () => void refetch() } : { state: "loading" };
}
