/** A page that could not be shown: what happened, the reference to quote, and the next thing to do. */

import { Problem } from "@/shared/api/problem";
import { useTexts } from "@/shared/i18n/texts";
import { Button, ButtonLink } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { useProblemText } from "@/shared/ui/query-problem";

export function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  const texts = useTexts();
  const problemText = useProblemText();
  if (error instanceof Problem && error.status === 404) return <NotFound />;
  return (
    <Notice
      tone="bad"
      alert
      title={texts.problems.title}
      className="mx-auto mt-8 max-w-xl"
      actions={<Button onClick={reset}>{texts.retry}</Button>}
    >
      <p>{problemText(error)}</p>
      {error instanceof Problem && error.traceId && (
        <p className="mt-1 text-xs break-all">{texts.problems.trace(error.traceId)}</p>
      )}
    </Notice>
  );
}

export function NotFound() {
  const texts = useTexts();
  return (
    <Notice
      tone="warning"
      title={texts.problems.notFound}
      className="mx-auto mt-8 max-w-xl"
      actions={<ButtonLink to="/crear">{texts.problems.goCreate}</ButtonLink>}
    >
      {texts.problems.notFoundText}
    </Notice>
  );
}
