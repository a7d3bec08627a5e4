/** What will happen and the most it can cost, step by step, before anything is asked for. */

import { Code } from "lucide-react";
import type { Quote } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Card } from "@/shared/ui/card";

export function QuotePanel({ quote }: { quote: Quote | undefined }) {
  const texts = useTexts();
  const formats = useFormats();
  return (
    <Card className="lg:sticky lg:top-6" aria-labelledby="quote-title">
      <div className="mb-6 text-center">
        <Code aria-hidden="true" className="mx-auto mb-3 size-14 text-slate-500" />
        <h2 id="quote-title" className="text-lg font-medium text-slate-200">
          {texts.create.emptyTitle}
        </h2>
        <p className="text-sm text-slate-400">{texts.create.emptyText}</p>
      </div>
      {quote && (
        <>
          <h3 className="mb-3 text-sm font-semibold text-slate-200">{texts.create.capsTitle}</h3>
          <ol className="space-y-2">
            {quote.steps.map((step) => (
              <li
                key={step.step}
                className="flex items-center gap-3 rounded-lg bg-slate-900/50 px-3 py-2 text-sm"
              >
                <span aria-hidden="true" className="text-lg">
                  {step.icon}
                </span>
                <span className="min-w-0 flex-1 text-slate-200">{step.title}</span>
                <span className="text-right text-xs whitespace-nowrap text-slate-400 tabular-nums">
                  {texts.create.capsOf(formats.count(step.cap_tokens))}
                  <br />~{texts.seconds(formats.count(step.typical_seconds))}
                </span>
              </li>
            ))}
          </ol>
          <p className="mt-4 text-xs text-slate-400">{texts.create.costNote}</p>
        </>
      )}
    </Card>
  );
}
