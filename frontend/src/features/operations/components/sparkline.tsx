/** A line of the last minutes, as wide as its place; its number stands beside it. */

import { pointsOf } from "../hooks/samples";

const WIDTH = 118;
const HEIGHT = 20;

export function Sparkline({ samples, label }: { samples: readonly number[]; label: string }) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      preserveAspectRatio="none"
      className="h-5 w-full"
    >
      <title>{label}</title>
      <line
        x1="0"
        x2={WIDTH}
        y1={HEIGHT}
        y2={HEIGHT}
        className="stroke-slate-700"
        vectorEffect="non-scaling-stroke"
      />
      <polyline
        points={pointsOf(samples, WIDTH, HEIGHT)}
        className="fill-none stroke-cyan-400"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
