/** One line: what happened, for which generation, and what it did to the tokens at hand. */

import { Link } from "@tanstack/react-router";
import type { Generation } from "@/shared/api/types";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { effectOf, type LedgerEntry, signOf, useKindText } from "@/shared/ledger/kinds";
import { generationPath } from "@/shared/paths";
import { useStepTitle } from "@/shared/pipeline/quote";

interface LedgerRowProps {
  entry: LedgerEntry;
  generation: Generation | undefined;
}

export function LedgerRow({ entry, generation }: LedgerRowProps) {
  const texts = useTexts();
  const formats = useFormats();
  const titleOf = useStepTitle();
  const kindText = useKindText();
  return (
    <tr data-kind={entry.kind} className="border-t border-slate-700 align-top">
      <td className="py-2 pr-3">
        <p className="text-slate-200">
          {kindText(entry.kind)}
          {entry.step && <span className="text-slate-300"> · {titleOf(entry.step)}</span>}
        </p>
        {generation ? (
          <p>
            <Link
              to={generationPath(generation.project_id, generation.generation_id)}
              className="rounded text-cyan-300 underline decoration-cyan-300/40 underline-offset-2 hover:decoration-cyan-300"
            >
              {generation.project_name}
            </Link>
            {(entry.run ?? 1) > 1 && (
              <span className="text-slate-400"> · {texts.tokenPage.run(entry.run ?? 1)}</span>
            )}
          </p>
        ) : (
          entry.reason && (
            <p className="text-slate-400">{texts.tokenPage.reasons[entry.reason] ?? entry.reason}</p>
          )
        )}
        <p className="text-xs text-slate-400">{formats.dateTime(entry.at)}</p>
      </td>
      <td className="py-2 text-right whitespace-nowrap tabular-nums">
        <Effect entry={entry} />
      </td>
    </tr>
  );
}

function Effect({ entry }: { entry: LedgerEntry }) {
  const texts = useTexts();
  const formats = useFormats();
  const tokens = `${signOf(entry.kind)}${formats.count(entry.tokens)}`;
  switch (effectOf(entry.kind)) {
    case "in":
      return <span className="text-green-300">{tokens}</span>;
    case "out":
      return <span className="text-slate-100">{tokens}</span>;
    case "from_hold":
      return (
        <>
          <span className="text-slate-200">{tokens}</span>
          <span className="block text-xs text-slate-400">{texts.tokenPage.fromHold}</span>
        </>
      );
    case null:
      return <span className="text-slate-200">{tokens}</span>;
  }
}
