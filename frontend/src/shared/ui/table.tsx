/** A table that reads on a telephone too: it scrolls sideways in a region of its own, which the keyboard reaches. */

import type { ReactNode } from "react";
import { classes } from "./classes";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  number?: boolean;
  /** Sentences: on a phone they scroll into sight rather than stand a word a line. */
  prose?: boolean;
}

interface TableProps<Row> {
  /** Said aloud; the heading beside it shows it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by the keyboard
    <section tabIndex={0} aria-label={label} className="overflow-x-auto rounded-lg border border-slate-700">
      <table className="w-full border-collapse text-left text-sm">
        <thead>
          <tr className="bg-slate-900/60">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                className={classes(
                  "px-3 py-2 text-xs font-semibold whitespace-nowrap text-slate-300",
                  column.number && "text-right",
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-slate-700/70">
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td
                  key={column.title}
                  className={classes(
                    "px-3 py-2 align-top text-slate-200",
                    column.number && "text-right tabular-nums",
                    column.prose && "min-w-44",
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
