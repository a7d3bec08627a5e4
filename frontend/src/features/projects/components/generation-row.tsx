/** A generation in its project: what was asked for, how it ended, what it cost, when. */

import { Link } from "@tanstack/react-router";
import type { Generation } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { StatusMark } from "@/shared/generation/status-mark";
import { useTexts } from "@/shared/i18n/texts";
import { generationPath } from "@/shared/paths";

export function GenerationRow({ generation }: { generation: Generation }) {
  const texts = useTexts();
  const formats = useFormats();
  const { result, run } = generation;
  return (
    <li
      data-generation={generation.generation_id}
      className="relative rounded-xl border border-slate-700 bg-slate-800/50 p-4 hover:border-slate-500"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-slate-100">
          <Link
            to={generationPath(generation.project_id, generation.generation_id)}
            className="line-clamp-2 rounded break-words after:absolute after:inset-0 after:rounded-xl"
          >
            {generation.prompt}
          </Link>
        </p>
        <StatusMark status={generation.status} />
      </div>
      {result?.fault && <p className="mt-2 text-sm text-amber-200">{result.fault.text}</p>}
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-slate-400 tabular-nums">
        <li>{formats.dateTime(generation.created_at)}</li>
        {run > 1 && <li>{texts.projects.run(run)}</li>}
        <li>
          {result === null
            ? texts.projects.upTo(formats.count(generation.quote_tokens))
            : texts.projects.cost(formats.count(result.net_tokens))}
        </li>
        {result?.archive && (
          <li>
            {texts.generation.files(formats.count(result.archive.files), result.archive.files)} ·{" "}
            {formats.bytes(result.archive.bytes)}
          </li>
        )}
      </ul>
    </li>
  );
}
