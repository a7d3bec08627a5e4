/** Tabs that are addresses: links in a navigation, so that back, reload and a new window do what people expect. */

import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTexts } from "@/shared/i18n/texts";
import { classes } from "@/shared/ui/classes";
import type { GenerationTab } from "../generation-tabs";

export function TabLinks({ tabs, base }: { tabs: readonly GenerationTab[]; base: string }) {
  const texts = useTexts();
  const here = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, "") });
  const bar = useRef<HTMLElement>(null);
  // On a phone there are more than fit: the one that is shown is in sight, whichever link led to it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another current tab
  useEffect(() => {
    const current = bar.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (!bar.current || !current) return;
    bar.current.scrollLeft = current.offsetLeft - (bar.current.clientWidth - current.offsetWidth) / 2;
  }, [here]);
  return (
    <nav
      ref={bar}
      aria-label={texts.generation.tabs.label}
      className="relative mb-4 overflow-x-auto border-b border-slate-700"
    >
      <ul className="flex min-w-max gap-1">
        {tabs.map((tab) => {
          const to = tab.path === "/" ? base : `${base}/${tab.path}`;
          const current = here === to;
          return (
            <li key={tab.path}>
              <Link
                to={to}
                replace
                resetScroll={false}
                // Every tab lies below the first one's address, and only one of them is the current one.
                activeOptions={{ exact: true, includeSearch: false }}
                aria-current={current ? "page" : undefined}
                className={classes(
                  "-mb-px inline-flex min-h-11 items-center border-b-2 px-4 text-sm",
                  current
                    ? "border-cyan-400 font-semibold text-slate-100"
                    : "border-transparent text-slate-300 hover:border-slate-500 hover:text-slate-100",
                )}
              >
                {tab.label(texts)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
