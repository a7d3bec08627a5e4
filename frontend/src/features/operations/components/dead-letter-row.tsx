/** One of them: closed it is a line, open its body and traceback, with the two things that can be done about it. */

import { useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { Loading } from "@/shared/ui/loading";
import { QueryProblem } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toast-queue";
import { type DeadLetter, useDeadLetter, useResolve, type Verb } from "../api/dead-letters";
import { ReasonDialog } from "./reason-dialog";

export function DeadLetterRow({ letter }: { letter: DeadLetter }) {
  const texts = useTexts();
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  const [verb, setVerb] = useState<Verb | null>(null);
  const resolve = useResolve(letter);
  const words = texts.operations.verbs[verb ?? "replay"];

  const close = () => setVerb(null);

  return (
    <li data-letter={letter.id} className="py-3 text-sm">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer rounded">
          <span className="break-all text-slate-100">{letter.type}</span>
          <span className="block pl-4 break-words text-slate-300">{letter.reason}</span>
          <span className="block pl-4 text-xs text-slate-400">
            {letter.service} · {letter.source} · {formats.dateTime(letter.created_at)}
            {letter.resolution !== null &&
              ` · ${texts.operations.resolved}: ${texts.operations.resolutions[letter.resolution] ?? letter.resolution}`}
          </span>
        </summary>
        {open && <Whole letter={letter} />}
        {letter.resolved_at === null && (
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="small" onClick={() => setVerb("replay")}>
              {texts.operations.verbs.replay.action}
            </Button>
            <Button size="small" look="danger" onClick={() => setVerb("discard")}>
              {texts.operations.verbs.discard.action}
            </Button>
          </div>
        )}
      </details>
      <ReasonDialog
        open={verb !== null}
        onOpenChange={(stays) => !stays && close()}
        title={words.title}
        description={words.text}
        action={words.action}
        look={verb === "discard" ? "danger" : "primary"}
        attempt={resolve}
        onReason={(reason) =>
          verb !== null &&
          resolve.mutate(
            { verb, reason },
            {
              onSuccess: () => {
                toast(words.done);
                close();
              },
            },
          )
        }
      />
    </li>
  );
}

function Whole({ letter }: { letter: DeadLetter }) {
  const texts = useTexts();
  const whole = useDeadLetter(letter, true);
  if (whole.error && !whole.data)
    return <QueryProblem error={whole.error} again={() => void whole.refetch()} />;
  if (!whole.data) return <Loading />;
  return (
    <div className="mt-2 space-y-2">
      {whole.data.resolved_why !== null && (
        <p className="text-slate-300">
          {whole.data.resolved_by}: {whole.data.resolved_why}
        </p>
      )}
      <Text label={texts.operations.traceback} text={whole.data.traceback} />
      <Text label={texts.operations.body} text={whole.data.body} />
    </div>
  );
}

function Text({ label, text }: { label: string; text: string }) {
  return (
    <figure>
      <figcaption className="text-slate-400">{label}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0} className="max-h-56 overflow-auto rounded bg-slate-950 p-3 text-xs text-slate-200">
        {text}
      </pre>
    </figure>
  );
}
