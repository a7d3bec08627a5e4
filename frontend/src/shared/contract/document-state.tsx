/** Why a stored document is not on show yet, or never will be. */

import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Loading } from "@/shared/ui/loading";
import { Notice } from "@/shared/ui/notice";
import type { StoredDocument } from "./use-document";

interface DocumentStateProps {
  document: Exclude<StoredDocument<unknown>, { state: "read" }>;
  words: { waiting: string; none: string; unreadable: string; failed: string };
}

export function DocumentState({ document, words }: DocumentStateProps) {
  const { retry } = useTexts();
  switch (document.state) {
    case "loading":
      return <Loading />;
    case "failed":
      return (
        <Notice tone="bad" alert actions={<Button onClick={document.refetch}>{retry}</Button>}>
          {words.failed}
        </Notice>
      );
    case "unreadable":
      return <Notice tone="warning">{words.unreadable}</Notice>;
    case "waiting":
    case "none":
      return <Notice>{words[document.state]}</Notice>;
  }
}
