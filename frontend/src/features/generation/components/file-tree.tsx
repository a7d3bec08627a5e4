/** The files in their folders; a folder closes and opens like any disclosure. */

import { ChevronRight, FileCode, PencilLine } from "lucide-react";
import { memo, useState } from "react";
import { baseName, type Folder, treeOf } from "@/shared/generation/files";
import type { FileView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";

interface TreeProps {
  files: readonly FileView[];
  shown: string | null;
  onChoose: (path: string) => void;
}

/** Only what it shows of a file counts: while one grows, the tree of hundreds rests. */
const looksAlike = (before: TreeProps, now: TreeProps): boolean =>
  before.shown === now.shown &&
  before.onChoose === now.onChoose &&
  before.files.length === now.files.length &&
  before.files.every((file, index) => {
    const other = now.files[index];
    return file.path === other?.path && (file.sha256 === null) === (other.sha256 === null);
  });

export const FileTree = memo(function FileTree({ files, shown, onChoose }: TreeProps) {
  const texts = useTexts();
  return (
    <nav aria-label={texts.generation.tree} className="max-h-48 overflow-auto md:max-h-[70vh]">
      <Level folder={treeOf(files)} shown={shown} onChoose={onChoose} />
    </nav>
  );
}, looksAlike);

const ROW =
  "flex min-h-8 w-full cursor-pointer items-center gap-1.5 rounded px-2 text-left font-mono text-xs";

function Level({ folder, shown, onChoose }: { folder: Folder } & Omit<TreeProps, "files">) {
  return (
    <ul className={classes(folder.path !== "" && "ml-3 border-l border-slate-700 pl-1")}>
      {folder.folders.map((inner) => (
        <FolderRow key={inner.path} folder={inner} shown={shown} onChoose={onChoose} />
      ))}
      {folder.files.map(({ path, sha256 }) => (
        <FileRow
          key={path}
          path={path}
          writing={sha256 === null}
          current={path === shown}
          onChoose={onChoose}
        />
      ))}
    </ul>
  );
}

interface FileRowProps {
  path: string;
  writing: boolean;
  current: boolean;
  onChoose: (path: string) => void;
}

/** A new file draws itself and leaves the others as they are. */
const FileRow = memo(function FileRow({ path, writing, current, onChoose }: FileRowProps) {
  return (
    <li>
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={() => onChoose(path)}
        className={classes(
          ROW,
          current ? "bg-slate-700 font-semibold text-slate-100" : "text-slate-300 hover:bg-slate-700/60",
        )}
      >
        {writing ? (
          <PencilLine aria-hidden="true" className="size-3.5 shrink-0 text-cyan-300" />
        ) : (
          <FileCode aria-hidden="true" className="size-3.5 shrink-0 text-slate-400" />
        )}
        <span className="truncate">{baseName(path)}</span>
      </button>
    </li>
  );
});

function FolderRow({ folder, shown, onChoose }: { folder: Folder } & Omit<TreeProps, "files">) {
  const [open, setOpen] = useState(true);
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={classes(ROW, "text-slate-200 hover:bg-slate-700/60")}
      >
        <ChevronRight aria-hidden="true" className={classes("size-3.5 shrink-0", open && "rotate-90")} />
        <span className="truncate">{folder.name}</span>
      </button>
      {open && <Level folder={folder} shown={shown} onChoose={onChoose} />}
    </li>
  );
}
