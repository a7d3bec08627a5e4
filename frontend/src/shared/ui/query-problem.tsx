/** A part of a page that could not be had: why, the reference to quote, and a way to ask again. */

import { Problem } from "@/shared/api/problem";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "./button";
import { Notice } from "./notice";

/** What to tell a person of an error, whichever it is. */
export function useProblemText(): (error: unknown) => string {
  const texts = useTexts();
  return (error) => {
    if (error instanceof Problem) return error.message;
    return error instanceof TypeError ? texts.problems.network : texts.problems.unexpected;
  };
}

export function QueryProblem({ error, again }: { error: Error; again: () => void }) {
  const texts = useTexts();
  const problemText = useProblemText();
  return (
    <Notice
      tone="bad"
      alert
      title={problemText(error)}
      actions={
        <Button size="small" onClick={again}>
          {texts.retry}
        </Button>
      }
    >
      {error instanceof Problem && error.traceId && (
        <span className="text-xs break-all">{texts.problems.trace(error.traceId)}</span>
      )}
    </Notice>
  );
}
