/** Where the tokens went: a bar a day, a colour a step; what each step came to is the legend. */

import { ChartColumn } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { useStepTitle } from "@/shared/pipeline/quote";
import { BarChart } from "@/shared/ui/bar-chart";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import { QueryProblem } from "@/shared/ui/query-problem";
import { SERIES_GROUNDS } from "@/shared/ui/series";
import { useLinesSince } from "../api/ledger";
import { sinceDays, type Usage, usageOf } from "../hooks/usage";

const PERIODS = [7, 30, 90] as const;
const PERIOD_DEFAULT = 30;

export function UsageChart() {
  const texts = useTexts();
  const id = useId();
  const [days, setDays] = useState<number>(PERIOD_DEFAULT);
  const since = sinceDays(new Date(), days);
  const lines = useLinesSince(since);
  const usage = useMemo(
    () => lines.data && usageOf(lines.data.entries, new Date(), days),
    [lines.data, days],
  );
  return (
    <Card aria-labelledby="usage">
      <CardHeading
        id="usage"
        icon={<ChartColumn aria-hidden="true" className="size-5 text-cyan-400" />}
        aside={
          <div>
            <label htmlFor={id} className="sr-only">
              {texts.tokenPage.period}
            </label>
            <select
              id={id}
              className="field"
              value={days}
              onChange={(event) => setDays(Number(event.target.value))}
            >
              {PERIODS.map((period) => (
                <option key={period} value={period}>
                  {texts.tokenPage.lastDays(period)}
                </option>
              ))}
            </select>
          </div>
        }
      >
        {texts.tokenPage.usage}
      </CardHeading>
      {usage ? (
        <>
          <Charts usage={usage} />
          {lines.data?.complete === false && (
            <p className="mt-3 text-sm text-amber-200">{texts.tokenPage.usagePart}</p>
          )}
        </>
      ) : lines.error ? (
        <QueryProblem error={lines.error} again={() => void lines.refetch()} />
      ) : (
        <Loading />
      )}
    </Card>
  );
}

function Charts({ usage }: { usage: Usage }) {
  const texts = useTexts();
  const formats = useFormats();
  const titleOf = useStepTitle();
  if (usage.total === 0) return <p className="text-sm text-slate-300">{texts.tokenPage.usageNone}</p>;
  return (
    <div className="grid grid-cols-1 gap-6 lg:grid-cols-[1fr_18rem]">
      <BarChart
        summary={texts.tokenPage.usageSummary(formats.count(usage.total), usage.days.length)}
        axis={texts.tokenPage.day}
        series={usage.steps.map(titleOf)}
        bars={usage.days.map((day) => ({
          label: formats.day(day.start),
          values: usage.steps.map((step) => day.byStep.get(step) ?? 0),
        }))}
        format={formats.count}
      />
      <div>
        <h3 className="mb-2 text-sm text-slate-400">{texts.tokenPage.byStep}</h3>
        <ul className="space-y-2">
          {usage.steps.map((step, index) => {
            const tokens = usage.days.reduce((all, day) => all + (day.byStep.get(step) ?? 0), 0);
            const ground = SERIES_GROUNDS[index % SERIES_GROUNDS.length];
            return (
              <li key={step} className="text-sm">
                <p className="flex justify-between gap-3">
                  <span className="flex min-w-0 items-center gap-2 text-slate-200">
                    <span aria-hidden="true" className={`size-3 shrink-0 rounded-sm ${ground}`} />
                    {titleOf(step)}
                  </span>
                  <span className="text-slate-300 tabular-nums">
                    {formats.count(tokens)} · {formats.percent(tokens / usage.total)}
                  </span>
                </p>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
