/** Files as people look for them: one for each path, in folders, with names that tell equal ones apart. */

import type { FileView } from "./view";

/** One for each path: where two steps wrote the same one, the later counts, as it does in the archive. */
export function filesByPath(files: readonly FileView[]): FileView[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

export interface Folder {
  name: string;
  path: string;
  folders: Folder[];
  files: FileView[];
}

/** Folders first, each in the order of names. */
export function treeOf(files: readonly FileView[]): Folder {
  const root: Folder = { name: "", path: "", folders: [], files: [] };
  const sorted = [...files].sort((one, other) => one.path.localeCompare(other.path));
  for (const file of sorted) {
    let folder = root;
    for (const name of file.path.split("/").slice(0, -1)) {
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      let inner = folder.folders.find((one) => one.path === path);
      if (!inner) {
        inner = { name, path, folders: [], files: [] };
        folder.folders.push(inner);
      }
      folder = inner;
    }
    folder.files.push(file);
  }
  return root;
}

/** What is shown when a file is closed: the next one, or of the last the one before it. */
export function neighbourOf(open: readonly FileView[], path: string): FileView | undefined {
  const index = open.findIndex((file) => file.path === path);
  return open[index + 1] ?? open[index - 1];
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A label for each path: its base name, and as much of its folder as it takes to be the only one. */
export function labelsOf(paths: readonly string[]): Map<string, string> {
  const labels = new Map<string, string>();
  for (const path of paths) {
    const parts = path.split("/");
    let shown = 1;
    const suffix = () => parts.slice(-shown).join("/");
    const shared = () => paths.some((other) => other !== path && `/${other}`.endsWith(`/${suffix()}`));
    while (shown < parts.length && shared()) shown++;
    labels.set(path, suffix());
  }
  return labels;
}
