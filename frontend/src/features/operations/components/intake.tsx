/** Whether new generations are taken, and the switch for it; what runs goes on either way. */

import { CircleCheck, CirclePause, DoorOpen } from "lucide-react";
import { useState } from "react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "@/shared/ui/button";
import { useProblemText } from "@/shared/ui/query-problem";
import { toast } from "@/shared/ui/toast-queue";
import { usePause, usePauses, useResume } from "../api/pauses";
import { Panel } from "./panel";
import { ReasonDialog } from "./reason-dialog";

export function Intake() {
  const texts = useTexts();
  const formats = useFormats();
  const problemText = useProblemText();
  const pauses = usePauses();
  const pause = usePause();
  const resume = useResume();
  const [asking, setAsking] = useState(false);
  return (
    <Panel id="intake" title={texts.operations.intake} icon={DoorOpen} query={pauses}>
      {(history) => {
        const current = history.find((one) => one.resumed_at === null);
        const past = history.filter((one) => one.resumed_at !== null);
        const Icon = current ? CirclePause : CircleCheck;
        return (
          <div className="space-y-3 text-sm">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <p
                data-paused={current !== undefined}
                className={`flex items-center gap-2 ${current ? "text-amber-200" : "text-green-200"}`}
              >
                <Icon aria-hidden="true" className="size-5" />
                {current ? texts.operations.paused : texts.operations.taking}
              </p>
              {current ? (
                <Button
                  aria-disabled={resume.isPending}
                  onClick={() =>
                    !resume.isPending &&
                    resume.mutate(undefined, { onError: (error) => toast(problemText(error), "bad") })
                  }
                >
                  {texts.operations.resume}
                </Button>
              ) : (
                <Button look="danger" onClick={() => setAsking(true)}>
                  {texts.operations.pause}
                </Button>
              )}
            </div>
            {current && (
              <p className="text-slate-300">
                <span data-quoted>{current.reason}</span> · {current.paused_by} ·{" "}
                {formats.dateTime(current.paused_at)}
              </p>
            )}
            {past.length > 0 && (
              <details>
                <summary className="cursor-pointer rounded text-slate-300 hover:text-slate-100">
                  {texts.operations.pausesBefore(formats.count(past.length))}
                </summary>
                <ul className="mt-2 space-y-2 text-slate-300">
                  {past.map((one) => (
                    <li key={one.paused_at}>
                      <span data-quoted>{one.reason}</span>
                      <span className="block text-xs text-slate-400">
                        {formats.dateTime(one.paused_at)} ({one.paused_by}) –{" "}
                        {one.resumed_at && formats.dateTime(one.resumed_at)} ({one.resumed_by})
                      </span>
                    </li>
                  ))}
                </ul>
              </details>
            )}
            <ReasonDialog
              open={asking}
              onOpenChange={setAsking}
              title={texts.operations.pauseTitle}
              description={texts.operations.pauseText}
              action={texts.operations.pause}
              look="danger"
              attempt={pause}
              onReason={(reason) => pause.mutate(reason, { onSuccess: () => setAsking(false) })}
            />
          </div>
        );
      }}
    </Panel>
  );
}
