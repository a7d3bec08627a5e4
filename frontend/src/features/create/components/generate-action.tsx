/** The button, and beside it whatever a person needs to know before or after pressing it. */

import { Rocket } from "lucide-react";
import { Problem } from "@/shared/api/problem";
import type { Quote } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { TOKENS_PATH } from "@/shared/paths";
import { Button, ButtonLink } from "@/shared/ui/button";
import { Notice } from "@/shared/ui/notice";
import { useProblemText } from "@/shared/ui/query-problem";
import { Spinner } from "@/shared/ui/spinner";
import { useDurationText } from "../hooks/use-duration-text";

interface GenerateActionProps {
  quote: Quote | undefined;
  quoteFailed: boolean;
  /** Null while it is not known: then the server decides. */
  available: number | null;
  busy: boolean;
  problem: Error | null;
}

export function GenerateAction({ quote, quoteFailed, available, busy, problem }: GenerateActionProps) {
  const texts = useTexts();
  const formats = useFormats();
  const durationText = useDurationText();
  const shortage = shortageOf(quote, available, problem);
  const modelsDown =
    quote !== undefined && quote.models.length > 0 && !quote.models.some((model) => model.available);
  return (
    <div className="space-y-3">
      <Button type="submit" look="primary" size="large" className="w-full" aria-disabled={busy}>
        {busy ? <Spinner /> : <Rocket aria-hidden="true" className="size-5" />}
        {busy ? texts.create.generating : texts.create.generate}
      </Button>
      {shortage && (
        <Notice
          tone="warning"
          title={texts.create.missingTokens(formats.count(shortage.missing), shortage.missing)}
          actions={
            <ButtonLink to={TOKENS_PATH} size="small" className="border-amber-300 text-amber-100">
              {texts.create.buy}
            </ButtonLink>
          }
        >
          {texts.create.missingHow(formats.count(shortage.available), formats.count(shortage.needed))}
        </Notice>
      )}
      {!shortage && problem && <ProblemNotice problem={problem} />}
      {quote?.paused && (
        <Notice tone="warning" alert title={texts.create.paused}>
          <p>{quote.paused.reason}</p>
          <p>{texts.create.pausedText}</p>
        </Notice>
      )}
      {modelsDown && (
        <Notice tone="warning" alert>
          {texts.create.modelsDown}
        </Notice>
      )}
      <p className="text-center text-xs text-slate-400">
        {quote
          ? texts.create.cost(formats.count(quote.tokens), durationText(quote.typical_seconds))
          : quoteFailed
            ? texts.create.costUnknown
            : texts.loading}
      </p>
    </div>
  );
}

function ProblemNotice({ problem }: { problem: Error }) {
  const texts = useTexts();
  const problemText = useProblemText();
  return (
    <Notice tone="bad" alert title={problemText(problem)}>
      {problem instanceof Problem && problem.traceId && texts.problems.trace(problem.traceId)}
    </Notice>
  );
}

interface Shortage {
  available: number;
  needed: number;
  missing: number;
}

/** The balance counts, which goes on changing; what the server said stands in for what is not known here. */
function shortageOf(
  quote: Quote | undefined,
  available: number | null,
  problem: Error | null,
): Shortage | null {
  const refused = problem instanceof Problem && problem.code === "insufficient_tokens" ? problem : null;
  const have = available ?? refused?.count("available") ?? null;
  const needed = quote?.tokens ?? refused?.count("needed") ?? null;
  if (have === null || needed === null || have >= needed) return null;
  return { available: have, needed, missing: needed - have };
}
