/** Colours of the series of a chart, each at least 3:1 on our panels; the same index, as a fill or as a ground. */

export const SERIES_FILLS: readonly string[] = [
  "fill-cyan-400",
  "fill-violet-400",
  "fill-amber-400",
  "fill-emerald-400",
  "fill-pink-400",
  "fill-blue-400",
];

export const SERIES_GROUNDS: readonly string[] = [
  "bg-cyan-400",
  "bg-violet-400",
  "bg-amber-400",
  "bg-emerald-400",
  "bg-pink-400",
  "bg-blue-400",
];
