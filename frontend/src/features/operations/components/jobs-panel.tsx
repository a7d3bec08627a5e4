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
            <table className="w-full text-left text-sm">
              <thead className="text-slate-400">
                <tr>
                  <th scope="col" className="py-1 pr-2 font-normal">
                    {texts.operations.job}
                  </th>
                  {[
                    texts.operations.jobsAll,
                    texts.operations.running,
                    texts.operations.due,
                    texts.operations.attempts,
                  ].map((name) => (
                    <th key={name} scope="col" className="py-1 pl-2 text-right font-normal">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {jobs.map((job) => (
                  <tr key={`${job.service} ${job.kind}`} className="border-t border-slate-700">
                    <th scope="row" className="py-1.5 pr-2 font-normal break-words text-slate-200">
                      {job.kind}
                      <span className="block text-xs text-slate-400">{job.service}</span>
                    </th>
                    {[job.jobs, job.running, job.due, job.attempts_max].map((value, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
                      <td key={index} className="py-1.5 pl-2 text-right tabular-nums">
                        {formats.count(value)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </Panel>
  );
}
