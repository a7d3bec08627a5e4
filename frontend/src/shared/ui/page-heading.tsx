/** The name of a page, for the eye, the screen reader and the window; what can be done with all of it beside. */

import type { ReactNode } from "react";
import { useTitle } from "./use-title";

interface PageHeadingProps {
  title: string;
  hint?: ReactNode;
  aside?: ReactNode;
}

export function PageHeading({ title, hint, aside }: PageHeadingProps) {
  useTitle(title);
  return (
    <div className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-full">
        <h1 className="text-2xl font-bold break-words text-slate-100">{title}</h1>
        {hint && <div className="mt-1 text-sm text-slate-400">{hint}</div>}
      </div>
      {aside && <div className="flex flex-wrap gap-2">{aside}</div>}
    </div>
  );
}
