/**
 * Stacked bars, drawn small and without a library. The same numbers are in the table below it, for whoever would rather
 * read than look; positions are shares of the width, so that nothing has to be measured.
 */

import { useTexts } from "@/shared/i18n/texts";
import { SERIES_FILLS } from "./series";

export interface Bar {
  label: string;
  /** One for each series, in their order. */
  values: readonly number[];
}

interface BarChartProps {
  /** What it shows, in a sentence with its most telling number. */
  summary: string;
  series: readonly string[];
  bars: readonly Bar[];
  /** What the first column of the table is called. */
  axis: string;
  format: (value: number) => string;
}

const HEIGHT = 160;
const AXIS_HEIGHT = 20;
/** More labels than this run into each other on a phone. */
const LABELS_MAX = 4;
const BAR_SHARE = 0.72;

const totalOf = (bar: Bar): number => bar.values.reduce((all, one) => all + one, 0);

export function BarChart({ summary, series, bars, axis, format }: BarChartProps) {
  const texts = useTexts();
  const top = Math.max(1, ...bars.map(totalOf));
  const slot = 100 / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / LABELS_MAX);
  return (
    <figure className="min-w-0">
      <svg
        role="img"
        aria-label={summary}
        width="100%"
        height={HEIGHT + AXIS_HEIGHT}
        className="block overflow-visible"
      >
        <line x1="0" x2="100%" y1={HEIGHT} y2={HEIGHT} className="stroke-slate-500" />
        <line x1="0" x2="100%" y1="12" y2="12" className="stroke-slate-700" strokeDasharray="3 5" />
        <text x="0" y="8" className="fill-slate-400 text-[11px] tabular-nums">
          {format(top)}
        </text>
        {bars.map((bar, index) => (
          <g key={bar.label}>
            <Stack
              bar={bar}
              series={series}
              top={top}
              x={slot * (index + (1 - BAR_SHARE) / 2)}
              width={slot * BAR_SHARE}
            />
            {(bars.length - 1 - index) % every === 0 && (
              <text
                x={`${slot * (index + 0.5)}%`}
                y={HEIGHT + 15}
                textAnchor={anchorOf(index, bars.length)}
                className="fill-slate-400 text-[11px]"
              >
                {bar.label}
              </text>
            )}
          </g>
        ))}
      </svg>
      <details className="mt-2 text-sm">
        <summary className="cursor-pointer rounded text-slate-300 hover:text-slate-100">
          {texts.asTable}
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section tabIndex={0} aria-label={summary} className="mt-2 max-h-72 overflow-auto rounded">
          <table className="w-full text-left text-sm tabular-nums">
            <thead className="text-slate-400">
              <tr>
                {[axis, ...series, texts.total].map((name) => (
                  <th key={name} scope="col" className="px-2 py-1 font-normal first:pl-0">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map((bar) => (
                <tr key={bar.label} className="border-t border-slate-700">
                  <th scope="row" className="px-2 py-1 pl-0 font-normal whitespace-nowrap">
                    {bar.label}
                  </th>
                  {[...bar.values, totalOf(bar)].map((value, index) => (
                    <td key={series[index] ?? ""} className="px-2 py-1">
                      {format(value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

interface StackProps {
  bar: Bar;
  series: readonly string[];
  top: number;
  x: number;
  width: number;
}

function Stack({ bar, series, top, x, width }: StackProps) {
  let below = 0;
  return bar.values.map((value, index) => {
    const height = (value / top) * (HEIGHT - 14);
    below += height;
    return value <= 0 ? null : (
      <rect
        key={series[index]}
        x={`${x}%`}
        width={`${width}%`}
        y={HEIGHT - below}
        // A hair of the ground between two parts: they are told apart without their colours.
        height={Math.max(1, height - 1)}
        rx="1"
        className={SERIES_FILLS[index % SERIES_FILLS.length]}
      >
        <title>{`${bar.label} · ${series[index]}: ${value}`}</title>
      </rect>
    );
  });
}

/** The outermost labels stay inside. */
const anchorOf = (index: number, count: number) =>
  count < 3 ? "middle" : index === 0 ? "start" : index === count - 1 ? "end" : "middle";
