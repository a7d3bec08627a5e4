/** Who did what here, to what and why: the newest, as the services wrote it down. */

import { ScrollText } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { useActions } from "../api/actions";
import { Panel, Silent } from "./panel";

export function Actions() {
  const texts = useTexts();
  const formats = useFormats();
  const actions = useActions();
  return (
    <Panel id="actions" title={texts.operations.actions} icon={ScrollText} query={actions}>
      {({ items, left_out, silent }) => (
        <>
          <Silent services={silent} />
          {items.length === 0 ? (
            <p className="text-sm text-slate-300">{texts.operations.actionsNone}</p>
          ) : (
            <ul className="divide-y divide-slate-700 text-sm">
              {items.map((one) => (
                <li key={`${one.service} ${one.id}`} data-action={one.action} className="py-1.5">
                  <p className="text-slate-200">
                    {texts.operations.actionNames[one.action] ?? one.action}
                    {one.outcome === "begun" && ` (${texts.operations.begun})`}
                    <span className="wrap-anywhere text-xs text-slate-400"> · {one.target}</span>
                  </p>
                  {one.reason !== null && (
                    <p data-quoted className="wrap-anywhere text-slate-300">
                      {one.reason}
                    </p>
                  )}
                  <p className="wrap-anywhere text-xs text-slate-400">
                    {one.who} · {one.service} · {formats.dateTime(one.at)}
                  </p>
                </li>
              ))}
            </ul>
          )}
          {left_out > 0 && (
            <p className="mt-3 text-sm text-slate-300">
              {texts.operations.actionsLeftOut(formats.count(left_out))}
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
