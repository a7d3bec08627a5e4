/** The text of the chosen file, or why it cannot be shown yet. */

import { lazy, Suspense } from "react";
import type { FileView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";

const CodeView = lazy(() => import("@/shared/code/code-view"));

interface ShownFileProps {
  file: FileView | undefined;
  text: string | null;
  failed: boolean;
  again: () => void;
  line: number | null;
  follow: boolean;
}

/** Its tab names this panel whatever there is in it. */
export function ShownFile({ file, ...shown }: ShownFileProps) {
  const texts = useTexts();
  if (!file) return <p className="p-6 text-slate-400">{texts.generation.codeChoose}</p>;
  return (
    <div id="shown-file" role="tabpanel" aria-label={file.path} className="flex min-h-0 flex-1 flex-col">
      <Content file={file} {...shown} />
    </div>
  );
}

function Content({ file, text, failed, again, line, follow }: ShownFileProps & { file: FileView }) {
  const texts = useTexts();
  const writing = file.sha256 === null;
  if (text === null && failed)
    return (
      <Notice tone="bad" alert actions={<Button onClick={again}>{texts.retry}</Button>}>
        {texts.generation.codeFailed}
      </Notice>
    );
  const opening = <p className="p-6 text-slate-400">{texts.generation.codeLoading}</p>;
  if (text === null) return opening;
  return (
    <>
      {writing && (
        <p className="px-1 py-1 text-xs text-cyan-200">
          {texts.generation.writing(file.path)}
          {file.startsAt > 0 && ` · ${texts.generation.codePartial}`}
        </p>
      )}
      <div className="min-h-0 flex-1">
        <Suspense fallback={opening}>
          <CodeView
            key={follow ? (file.sha256 ?? "writing") : "chosen"}
            path={file.path}
            text={text}
            label={file.path}
            line={line}
            follow={writing && follow}
          />
        </Suspense>
      </div>
    </>
  );
}
