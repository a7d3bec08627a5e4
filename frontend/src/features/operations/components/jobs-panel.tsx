/** Long work and timers of every service: what runs, what is late, what has been tried how often. */

import { Timer } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { useWork } from "../api/operations";
import { Panel, Silent } from "./panel";

export function JobsPanel() {
  const texts = useTexts();
  const formats = useFormats();
  const work = useWork();
  return (
    <Panel id="jobs" title={texts.operations.jobs} icon={Timer} query={work}>
      {({ jobs, silent }) => (
        <>
          <Silent services={silent} />
          {jobs.length === 0 ? (
            <p className="text-sm text-slate-300">{texts.operations.jobsNone}</p>
          ) : (
            <ul className="divide-y divide-slate-700">
              {jobs.map((job) => (
                <li
                  key={`${job.service} ${job.kind}`}
                  className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5 text-sm"
                >
                  <p className="wrap-anywhere text-slate-200">
                    {job.kind} <span className="text-xs text-slate-400">· {job.service}</span>
                  </p>
                  <p className="flex flex-wrap gap-x-3 text-xs text-slate-300 tabular-nums">
                    <span>{texts.operations.jobsAll(formats.count(job.jobs))}</span>
                    {job.running > 0 && <span>{texts.operations.running(formats.count(job.running))}</span>}
                    {job.due > 0 && (
                      <span className="font-semibold text-amber-200">
                        {texts.operations.due(formats.count(job.due))}
                      </span>
                    )}
                    {job.attempts_max > 1 && (
                      <span className="font-semibold text-amber-200">
                        {texts.operations.attempts(formats.count(job.attempts_max))}
                      </span>
                    )}
                  </p>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
}
