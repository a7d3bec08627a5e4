/** How much of the quote's steps is done. */

import { percentOf } from "@/shared/format/numbers";

export function ProgressBar({ share, labelledBy }: { share: number; labelledBy: string }) {
  const percent = percentOf(share);
  return (
    <div
      role="progressbar"
      aria-labelledby={labelledBy}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-2.5 overflow-hidden rounded-full border border-slate-500 bg-slate-900"
    >
      <div
        className="h-full rounded-full bg-gradient-to-r from-cyan-500 to-blue-500 forced-color-adjust-none transition-[width] duration-500"
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}
