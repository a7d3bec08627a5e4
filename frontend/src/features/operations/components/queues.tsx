/** The broker's queues: how deep, since when, and whether anybody takes from them. */

import { Inbox, TriangleAlert } from "lucide-react";
import { useFormats } from "@/shared/format/numbers";
import { useTexts } from "@/shared/i18n/texts";
import { type Queue, useWork } from "../api/operations";
import { useSamples } from "../hooks/use-samples";
import { Panel } from "./panel";
import { Sparkline } from "./sparkline";

export function Queues() {
  const texts = useTexts();
  const work = useWork();
  const samples = useSamples(work.data?.queues, work.dataUpdatedAt);
  return (
    <Panel id="queues" title={texts.operations.queues} icon={Inbox} query={work}>
      {({ queues }) => (
        <table className="w-full text-left text-sm">
          <thead className="text-slate-400">
            <tr>
              <th scope="col" className="py-1 pr-2 font-normal">
                {texts.operations.queue}
              </th>
              <th scope="col" className="hidden w-28 py-1 pr-2 font-normal sm:table-cell">
                {texts.operations.lastMinutes}
              </th>
              <th scope="col" className="py-1 pr-2 text-right font-normal">
                {texts.operations.depth}
              </th>
              <th scope="col" className="py-1 text-right font-normal">
                {texts.operations.consumers}
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <Row key={queue.queue} queue={queue} samples={samples.get(queue.queue) ?? []} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** On a phone a queue's name is broken before its dot. */
const MAY_BREAK = "\u200b";

/** Dead letters' queues are read on demand, and the history by offset. */
const needsConsumer = (name: string): boolean => name.endsWith(".inbox");

function Row({ queue, samples }: { queue: Queue; samples: readonly number[] }) {
  const texts = useTexts();
  const formats = useFormats();
  const missing = queue.consumers === null;
  const unattended = needsConsumer(queue.queue) && queue.consumers === 0;
  return (
    <tr data-queue={queue.queue} className="border-t border-slate-700">
      <th scope="row" className="py-1.5 pr-2 font-normal wrap-anywhere text-slate-200">
        {queue.queue.replace(".", `${MAY_BREAK}.`)}
      </th>
      <td className="hidden py-1.5 pr-2 sm:table-cell">
        <Sparkline samples={samples} label={texts.operations.peak(formats.count(Math.max(0, ...samples)))} />
      </td>
      <td className="py-1.5 pr-2 text-right tabular-nums">
        {queue.messages === null ? texts.operations.absent : formats.count(queue.messages)}
      </td>
      <td className="py-1.5 text-right tabular-nums">
        {missing || unattended ? (
          <span className="inline-flex items-center gap-1 font-semibold text-amber-200">
            <TriangleAlert aria-hidden="true" className="size-4" />
            {unattended ? texts.operations.unattended : texts.operations.absent}
          </span>
        ) : (
          formats.count(queue.consumers ?? 0)
        )}
      </td>
    </tr>
  );
}
