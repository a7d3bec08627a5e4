/** Every message of a generation in words, run by run, with the calls and findings that it told of. */

import type { ReactNode } from "react";
import { useFormats } from "@/shared/format/numbers";
import type { GenerationView } from "@/shared/generation/view";
import { useTexts } from "@/shared/i18n/texts";
import { Card, CardHeading } from "@/shared/ui/card";
import { Loading } from "@/shared/ui/loading";
import type { History, HistoryEvent } from "../api/history";
import { attemptOf, callsOf, refundedOf } from "../api/totals";
import { useSentence } from "../hooks/use-sentence";
import { Calls } from "./calls";

export function Messages({ view, history }: { view: GenerationView; history: History }) {
  const { story: words } = useTexts();
  const runs = [...new Set(history.map((event) => event.data.run))];
  return (
    <Card>
      <CardHeading>{words.messages}</CardHeading>
      <p className="mb-4 text-sm text-slate-400">{words.messagesText}</p>
      {history.length === 0 &&
        (view.sequence > 0 ? <Loading /> : <p className="text-slate-400">{words.nothing}</p>)}
      {runs.map((run) => (
        <section key={run} data-run={run} className="mt-4 first:mt-0">
          {runs.length > 1 && <h3 className="mb-2 text-sm font-semibold text-slate-200">{words.run(run)}</h3>}
          <ol className="ml-2 border-l-2 border-slate-600">
            {history
              .filter((event) => event.data.run === run)
              .map((event) => (
                <Message key={event.id} view={view} event={event} />
              ))}
          </ol>
        </section>
      ))}
    </Card>
  );
}

const DOTS: Partial<Record<HistoryEvent["name"], string>> = {
  step_completed: "border-green-400 bg-green-500",
  generation_completed: "border-green-400 bg-green-500",
  step_attempt_failed: "border-amber-400 bg-amber-500",
  step_failed: "border-red-400 bg-red-500",
  generation_failed: "border-red-400 bg-red-500",
  generation_rejected: "border-red-400 bg-red-500",
};

function Message({ view, event }: { view: GenerationView; event: HistoryEvent }) {
  const { story: words } = useTexts();
  const sentence = useSentence(view)(event);
  const calls = callsOf(event);
  const step = "step" in event.data ? event.data.step : "";
  const title = view.steps.find((one) => one.step === step)?.title ?? step;
  return (
    <li data-event={event.name} className="relative pb-4 pl-5 last:pb-0">
      <span
        aria-hidden="true"
        className={`absolute top-1.5 -left-[7px] size-3 rounded-full border ${DOTS[event.name] ?? "border-slate-400 bg-slate-700"}`}
      />
      <p className="text-sm text-slate-100">
        <span className="mr-2 text-xs text-slate-400 tabular-nums">{event.id}</span>
        {sentence}
      </p>
      <Particulars event={event} view={view} />
      {"findings" in event.data && event.data.findings.length > 0 && (
        <Folded summary={words.findings(event.data.findings.length)}>
          <ul className="list-disc space-y-1 pl-5 text-sm text-slate-300">
            {event.data.findings.map((finding) => (
              <li key={`${finding.rule} ${finding.path} ${finding.line} ${finding.sentence}`}>
                {finding.path !== null && <code className="font-mono text-xs">{finding.path}: </code>}
                {finding.sentence}
              </li>
            ))}
          </ul>
        </Folded>
      )}
      {calls.length > 0 && (
        <Folded summary={words.callsOf(calls.length)}>
          <Calls calls={calls} label={words.callsLabel(title, attemptOf(event) ?? 1)} />
        </Folded>
      )}
    </li>
  );
}

function Particulars({ view, event }: { view: GenerationView; event: HistoryEvent }) {
  const { story: words, generation } = useTexts();
  const formats = useFormats();
  const told: string[] = [];
  if (event.name === "step_completed") {
    const { model, duration_ms, files } = event.data;
    told.push(words.answered(model, formats.duration(duration_ms)));
    told.push(words.wrote(generation.files(formats.count(files.length), files.length)));
  }
  if (event.name === "generation_started") {
    const reused = event.data.steps.filter((step) => step.reused).map(({ step }) => step);
    const titles = view.steps.filter(({ step }) => reused.includes(step)).map(({ title }) => title);
    if (titles.length > 0) told.push(words.reused(titles.join(", ")));
  }
  const refunded = refundedOf(event);
  if (refunded > 0) told.push(words.refunded(formats.count(refunded)));
  if (told.length === 0) return null;
  return <p className="text-xs text-slate-400">{told.join(" · ")}</p>;
}

function Folded({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="mt-1">
      <summary className="w-fit cursor-pointer rounded py-1 text-xs text-cyan-300">{summary}</summary>
      <div className="mt-1">{children}</div>
    </details>
  );
}
