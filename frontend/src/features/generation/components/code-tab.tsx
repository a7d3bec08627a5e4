/** *Código*: every file, finished or being written, to read, copy and take home. */

import { Code, Copy } from "lucide-react";
import { useFileText } from "@/shared/generation/file-text";
import { filesByPath } from "@/shared/generation/files";
import { useLiveGeneration } from "@/shared/generation/use-generation";
import { isDownloadable, isOpen } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Card, CardHeading } from "@/shared/ui/card";
import { useCopy } from "@/shared/ui/use-copy";
import { useOpenFiles } from "../hooks/use-open-files";
import { FileTabs } from "./file-tabs";
import { FileTree } from "./file-tree";
import { DownloadButton } from "./outcome-panel";
import { ShownFile } from "./shown-file";

export function CodeTab() {
  const texts = useTexts();
  const view = useLiveGeneration();
  const copy = useCopy();
  const files = filesByPath(view.files);
  const { shown, open, choose, close, line, following } = useOpenFiles(files);
  const loaded = useFileText(view.generationId, shown);
  const text = loaded.data ?? shown?.text ?? null;

  return (
    <Card className="flex flex-col">
      <CardHeading
        icon={<Code aria-hidden="true" className="size-5 text-green-400" />}
        aside={
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => copy(text ?? "", texts.generation.copied)} disabled={text === null}>
              <Copy aria-hidden="true" className="size-4" />
              {texts.generation.copy}
            </Button>
            {isDownloadable(view) ? (
              <DownloadButton view={view} partial={false} />
            ) : (
              !isOpen(view) && files.length > 0 && <DownloadButton view={view} partial />
            )}
          </div>
        }
      >
        {texts.generation.codeTitle}
      </CardHeading>
      {files.length === 0 ? (
        <p className="py-12 text-center text-slate-400">{texts.generation.codeNone}</p>
      ) : (
        <div className="grid min-h-0 grid-cols-1 gap-4 md:grid-cols-[minmax(11rem,16rem)_minmax(0,1fr)]">
          <FileTree files={files} shown={shown?.path ?? null} onChoose={choose} />
          <div className="flex h-[70vh] min-w-0 flex-col">
            <FileTabs open={open} shown={shown?.path ?? null} onChoose={choose} onClose={close} />
            <ShownFile
              file={shown}
              text={text}
              failed={loaded.isError}
              again={() => void loaded.refetch()}
              line={line}
              follow={following}
            />
          </div>
        </div>
      )}
    </Card>
  );
}
