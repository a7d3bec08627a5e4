/** How much of the quote's steps is done. */

import { Progress } from "@base-ui/react/progress";

export function ProgressBar({ share, labelledBy }: { share: number; labelledBy: string }) {
  return (
    <Progress.Root value={Math.floor(share * 100)} aria-labelledby={labelledBy}>
      <Progress.Track className="h-2.5 overflow-hidden rounded-full border border-slate-500 bg-slate-900">
        <Progress.Indicator className="h-full rounded-full bg-gradient-to-r from-cyan-500 to-blue-500 transition-[width] duration-500" />
      </Progress.Track>
    </Progress.Root>
  );
}
