/** Files as they appear and grow; each leads to its text. */

import { Link } from "@tanstack/react-router";
import { FileCode, PencilLine } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { useFormats } from "@/shared/format/numbers";
import { filesByPath } from "@/shared/generation/files";
import type { FileView, GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { generationPath } from "@/shared/paths";
import { Card, CardHeading } from "@/shared/ui/card";

export function FileList({ view }: { view: GenerationView }) {
  const texts = useTexts();
  const formats = useFormats();
  const files = filesByPath(view.files);
  const codePath = generationPath(view.projectId, view.generationId, "codigo");
  const list = useRef<HTMLUListElement>(null);
  const writing = files.findLast((file) => file.sha256 === null)?.path;
  // The one being written stays in sight, within its own list; when all are, it begins at its beginning.
  useEffect(() => {
    if (list.current) list.current.scrollTop = writing ? list.current.scrollHeight : 0;
  }, [writing]);
  return (
    <Card className="lg:sticky lg:top-6">
      <CardHeading
        icon={<FileCode aria-hidden="true" className="size-5 text-cyan-400" />}
        aside={
          files.length > 0 && (
            <span className="text-sm text-slate-400 tabular-nums">
              {texts.generation.files(formats.count(files.length), files.length)}
            </span>
          )
        }
      >
        {texts.generation.filesTitle}
      </CardHeading>
      {files.length === 0 ? (
        <p className="text-sm text-slate-400">{texts.generation.filesNone}</p>
      ) : (
        <ul ref={list} className="max-h-[60vh] space-y-0.5 overflow-y-auto">
          {files.map((file) => (
            <FileRow key={file.path} file={file} codePath={codePath} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** A run with hundreds of files draws again only the one that grew, and of the others no more than is in sight. */
const FileRow = memo(function FileRow({ file, codePath }: { file: FileView; codePath: string }) {
  const texts = useTexts();
  const formats = useFormats();
  const slash = file.path.lastIndexOf("/") + 1;
  return (
    // What is kept apart like that cuts off what reaches beyond it, so the ring of the focus stays inside.
    <li className="[contain-intrinsic-size:auto_2rem] [content-visibility:auto]">
      <Link
        to={codePath}
        search={{ archivo: file.path } as never}
        className="-outline-offset-2 flex min-h-8 items-center gap-2 rounded px-2 font-mono text-xs text-slate-300 hover:bg-slate-700/60 hover:text-slate-100"
      >
        {file.sha256 === null ? (
          <PencilLine aria-label={texts.generation.writing("")} className="size-3.5 shrink-0 text-cyan-300" />
        ) : (
          <FileCode aria-hidden="true" className="size-3.5 shrink-0 text-slate-400" />
        )}
        <span className="min-w-0 flex-1 truncate" title={file.path}>
          <span className="text-slate-400">{file.path.slice(0, slash)}</span>
          {file.path.slice(slash)}
        </span>
        <span className="shrink-0 text-slate-400 tabular-nums">{formats.bytes(file.bytes)}</span>
      </Link>
    </li>
  );
});
