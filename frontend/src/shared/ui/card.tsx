/** The panel that everything stands on, with a heading of its own. */

import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

export function Card({ className, ...rest }: ComponentProps<"section">) {
  return (
    <section
      className={classes("min-w-0 rounded-xl border border-slate-700 bg-slate-800/50 p-4 sm:p-5", className)}
      {...rest}
    />
  );
}

interface HeadingProps {
  children: ReactNode;
  icon?: ReactNode;
  aside?: ReactNode;
  level?: 1 | 2 | 3;
  id?: string;
}

export function CardHeading({ children, icon, aside, level = 2, id }: HeadingProps) {
  const Tag = `h${level}` as const;
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <Tag id={id} className="flex items-center gap-2 text-base font-semibold text-slate-200">
        {icon}
        {children}
      </Tag>
      {aside}
    </div>
  );
}
