/**
 * Colours of the series of a chart, each at least 3:1 on our panels; the same index, as a fill or as a ground. A system
 * that forces its own colours on pages leaves fills alone; grounds ask for it, or the keys of a legend would vanish.
 */

export const SERIES_FILLS: readonly string[] = [
  "fill-cyan-400",
  "fill-violet-400",
  "fill-amber-400",
  "fill-emerald-400",
  "fill-pink-400",
  "fill-blue-400",
];

export const SERIES_GROUNDS: readonly string[] = [
  "bg-cyan-400 forced-color-adjust-none",
  "bg-violet-400 forced-color-adjust-none",
  "bg-amber-400 forced-color-adjust-none",
  "bg-emerald-400 forced-color-adjust-none",
  "bg-pink-400 forced-color-adjust-none",
  "bg-blue-400 forced-color-adjust-none",
];
