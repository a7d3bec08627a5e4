/** What could not be handled because of a bug, by service, each with its reason and what can be done about it. */

import { MailWarning } from "lucide-react";
import { useId, useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { type DeadLetter, useDeadLetters } from "../api/dead-letters";
import { DeadLetterRow } from "./dead-letter-row";
import { Panel, Silent } from "./panel";
import { Strip } from "./strip";

export function DeadLetters() {
  const texts = useTexts();
  const formats = useFormats();
  const id = useId();
  const [resolved, setResolved] = useState(false);
  const letters = useDeadLetters(resolved);
  return (
    <Panel
      id="dead-letters"
      title={texts.operations.letters}
      icon={MailWarning}
      query={letters}
      aside={
        <label htmlFor={id} className="flex items-center gap-2 text-sm text-slate-300">
          <input
            id={id}
            type="checkbox"
            className="size-4 accent-cyan-400"
            checked={resolved}
            onChange={(event) => setResolved(event.target.checked)}
          />
          {texts.operations.resolvedToo}
        </label>
      }
    >
      {({ items, left_out, silent }) => (
        <>
          <Silent services={silent} />
          {items.length === 0 ? (
            <p className="text-sm text-slate-300">{texts.operations.lettersNone}</p>
          ) : (
            <>
              <Strip
                label={texts.operations.lettersCount(formats.count(items.length), items.length)}
                parts={byService(items)}
              />
              <ul className="mt-3 divide-y divide-slate-700">
                {items.map((letter) => (
                  <DeadLetterRow key={`${letter.service} ${letter.id}`} letter={letter} />
                ))}
              </ul>
              {left_out > 0 && (
                <p data-left-out className="mt-3 text-sm text-amber-200">
                  {texts.operations.lettersLeftOut(formats.count(left_out), left_out)}
                </p>
              )}
            </>
          )}
        </>
      )}
    </Panel>
  );
}

function byService(letters: readonly DeadLetter[]) {
  const counts = new Map<string, number>();
  for (const { service } of letters) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts].map(([label, value]) => ({ label, value }));
}
