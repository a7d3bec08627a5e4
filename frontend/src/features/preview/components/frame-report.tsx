/** What happened in the frame: errors of its scripts, requests and how they were answered, what it could not have. */

import { CircleAlert, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useFormats } from "@/shared/format/numbers";
import { FileLink } from "@/shared/generation/file-link";
import { useGeneration } from "@/shared/generation/use-generation";
import { useTexts } from "@/shared/i18n/texts";
import type { FrameError, FrameState } from "../hooks/frame-state";

interface FrameReportProps {
  state: FrameState;
  missing: readonly string[];
}

/** The first ones cause the others, as a rule. */
const ERRORS_SHOWN = 4;

export function FrameReport({ state, missing }: FrameReportProps) {
  const { preview: words } = useTexts();
  const formats = useFormats();
  const blocked = [...new Set([...missing, ...state.blocked])];
  return (
    <div className="mt-4 space-y-3 text-sm">
      <section aria-live="polite" data-report="errors">
        {state.errors.length === 0 ? (
          <p className="flex items-center gap-2 text-slate-300">
            <CircleCheck aria-hidden="true" className="size-4 text-green-300" />
            {words.errorsNone}
          </p>
        ) : (
          <>
            <h3 className="flex items-center gap-2 font-semibold text-red-200">
              <CircleAlert aria-hidden="true" className="size-4" />
              {words.errors}
            </h3>
            <ul className="mt-2 space-y-2">
              {state.errors.slice(0, ERRORS_SHOWN).map((error) => (
                <ErrorItem key={keyOf(error)} error={error} />
              ))}
            </ul>
            {state.errors.length > ERRORS_SHOWN && (
              <details className="mt-2">
                <summary className="w-fit cursor-pointer rounded py-1 text-slate-200">
                  {words.others(formats.count(state.errors.length - ERRORS_SHOWN))}
                </summary>
                <ul className="mt-2 space-y-2">
                  {state.errors.slice(ERRORS_SHOWN).map((error) => (
                    <ErrorItem key={keyOf(error)} error={error} />
                  ))}
                </ul>
              </details>
            )}
          </>
        )}
      </section>
      {state.requests.length > 0 && (
        <Detail title={words.requests} count={state.requests.length} name="requests">
          {state.requests.map(({ method, path, status, count }) => (
            <li key={`${method} ${path} ${status}`}>
              <code className="font-mono text-xs break-all text-slate-200">
                {method} {path}
              </code>{" "}
              <span className="text-xs text-slate-400 tabular-nums">
                {status ?? `404, ${words.unanswered}`}
                {count > 1 && ` · ${words.times(formats.count(count))}`}
              </span>
            </li>
          ))}
        </Detail>
      )}
      {blocked.length > 0 && (
        <Detail title={words.blocked} count={blocked.length} name="blocked">
          <li className="text-slate-300">{words.blockedText}</li>
          {blocked.map((what) => (
            <li key={what}>
              <code className="font-mono text-xs break-all text-slate-200">{what}</code>
            </li>
          ))}
        </Detail>
      )}
      {state.more && <p className="text-slate-400">… {words.more}</p>}
    </div>
  );
}

const keyOf = ({ text, path, line }: FrameError): string => `${text} ${path} ${line}`;

function ErrorItem({ error }: { error: FrameError }) {
  const { preview: words } = useTexts();
  const formats = useFormats();
  const known = useGeneration().files.some((file) => file.path === error.path);
  return (
    <li className="rounded-lg border border-red-400/60 bg-red-500/10 px-3 py-2">
      <code className="font-mono text-xs break-words whitespace-pre-wrap text-slate-100">{error.text}</code>
      <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-slate-300">
        {known && (
          <FileLink path={error.path} line={error.line}>
            {words.errorAt(error.path, String(error.line))}
          </FileLink>
        )}
        {error.count > 1 && <span>{words.times(formats.count(error.count))}</span>}
      </p>
    </li>
  );
}

interface DetailProps {
  title: string;
  count: number;
  name: string;
  children: ReactNode;
}

function Detail({ title, count, name, children }: DetailProps) {
  const formats = useFormats();
  return (
    <details data-report={name}>
      <summary className="w-fit cursor-pointer rounded py-1 text-slate-200">
        {title} <span className="text-slate-400 tabular-nums">({formats.count(count)})</span>
      </summary>
      <ul className="mt-2 space-y-1 pl-4">{children}</ul>
    </details>
  );
}
