/** Which files are open and which one is shown. The address names the latter, so that it can be linked to and goes back. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { neighbourOf } from "@/shared/generation/files";
import type { FileView } from "@/shared/generation/view";

interface CodeSearch {
  archivo?: string;
  linea?: number;
}

export function useOpenFiles(files: readonly FileView[]) {
  const search = useSearch({ strict: false }) as CodeSearch;
  const navigate = useNavigate();
  const [opened, setOpened] = useState<readonly string[]>([]);

  const chosen = search.archivo;
  const followed = useFollowed(files);
  const shown = files.find((file) => file.path === chosen) ?? followed;
  const paths = new Set([...opened, ...(shown ? [shown.path] : [])]);
  const open = files.filter((file) => paths.has(file.path));

  const choose = useCallback(
    (path: string) => {
      setOpened((before) => (before.includes(path) ? before : [...before, path]));
      void navigate({ to: ".", search: { archivo: path } as never, replace: true, resetScroll: false });
    },
    [navigate],
  );

  const close = useCallback(
    (path: string) => {
      setOpened((before) => before.filter((one) => one !== path));
      if (path !== shown?.path) return;
      const next = neighbourOf(open, path);
      void navigate({
        to: ".",
        search: (next ? { archivo: next.path } : {}) as never,
        replace: true,
        resetScroll: false,
      });
    },
    [navigate, open, shown?.path],
  );

  return { shown, open, choose, close, line: search.linea ?? null, following: chosen === undefined };
}

/** A model may write a dozen files a second: each that is shown stays at least this long. */
export const SHOWN_MS_MIN = 1_000;

/** Until somebody chooses, what is being written is shown, and at the end the file to begin with. */
export function useFollowed(files: readonly FileView[]): FileView | undefined {
  const held = useRef({ path: "", since: Number.NEGATIVE_INFINITY });
  const writing = files.findLast((file) => file.sha256 === null);
  if (writing === undefined) return firstToRead(files);
  const shown = files.find((file) => file.path === held.current.path);
  const now = performance.now();
  if (shown !== undefined && now - held.current.since < SHOWN_MS_MIN) return shown;
  if (shown?.path !== writing.path) held.current = { path: writing.path, since: now };
  return writing;
}

function firstToRead(files: readonly FileView[]): FileView | undefined {
  return files.find((file) => /(^|\/)README\.md$/i.test(file.path)) ?? files[0];
}
