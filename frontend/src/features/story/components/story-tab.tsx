/** *Cómo se hizo*: what it came to, when each step worked, every message with its calls, every move of tokens. */

import { ScrollText } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useGeneration } from "@/shared/generation/use-generation";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { type History, useHistory } from "../api/history";
import { netOf, useLedger } from "../api/ledger";
import { totalsOf } from "../api/totals";
import { Messages } from "./messages";
import { Money } from "./money";
import { Timeline } from "./timeline";

export function StoryTab() {
  const view = useGeneration();
  const history = useHistory(view.generationId, view.run);
  return (
    <div className="space-y-4">
      <TotalsCard view={view} history={history} />
      <Timeline view={view} />
      <Messages view={view} history={history} />
      <Money view={view} />
    </div>
  );
}

function TotalsCard({ view, history }: { view: GenerationView; history: History }) {
  const { story: words, tokens } = useTexts();
  const formats = useFormats();
  const totals = totalsOf(history);
  const ledger = useLedger(view.generationId);
  const paid = ledger.data ? netOf(ledger.data) : null;
  const took = view.endedAt === null || view.startedAt === null ? null : view.endedAt - view.startedAt;
  const figures = [
    { name: words.paid, value: paid === null ? "…" : tokens(formats.count(paid), paid) },
    totals.refundedTokens > 0 && {
      name: words.returned,
      value: tokens(formats.count(totals.refundedTokens), totals.refundedTokens),
    },
    took !== null && { name: words.took, value: formats.duration(took) },
    { name: words.runs, value: formats.count(totals.runs) },
    { name: words.attempts, value: formats.count(totals.attempts) },
    { name: words.calls, value: formats.count(totals.calls) },
    { name: words.read, value: words.modelTokens(formats.count(totals.inputTokens)) },
    { name: words.written, value: words.modelTokens(formats.count(totals.outputTokens)) },
  ].filter((figure) => figure !== false);
  return (
    <Card>
      <CardHeading icon={<ScrollText aria-hidden="true" className="size-5 text-cyan-400" />}>
        {words.totals}
      </CardHeading>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-4">
        {figures.map(({ name, value }) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-slate-400">{name}</dt>
            <dd className="text-base font-semibold text-slate-100 tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
