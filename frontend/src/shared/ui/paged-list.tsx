/** What surrounds a list that comes page by page: its loading, its failure, its emptiness, and the way to more of it. */

import { type ReactNode, useEffect, useRef } from "react";
import type { Pages } from "@/shared/api/pages";
import { useTexts } from "@/shared/i18n/texts";
import { Button } from "./button";
import { Loading } from "./loading";
import { QueryProblem } from "./query-problem";
import { Spinner } from "./spinner";

interface PagedListProps<Item> {
  pages: Pages<Item>;
  empty: ReactNode;
  children: (items: readonly Item[]) => ReactNode;
}

export function PagedList<Item>({ pages, empty, children }: PagedListProps<Item>) {
  const texts = useTexts();
  const { items } = pages;
  const end = useFocusKept(pages);
  if (items === undefined) {
    return pages.error ? <QueryProblem error={pages.error} again={pages.again} /> : <Loading />;
  }
  return (
    <div aria-busy={pages.isStale} className={pages.isStale ? "opacity-60" : undefined}>
      {items.length === 0 ? <div className="py-4 text-sm text-slate-300">{empty}</div> : children(items)}
      {pages.hasMore && (
        <Button className="mt-4 w-full" onClick={pages.readOn} aria-disabled={pages.isReadingOn}>
          {pages.isReadingOn && <Spinner />}
          {texts.more}
        </Button>
      )}
      <div ref={end} tabIndex={-1} className="outline-none" />
    </div>
  );
}

/** The button goes when the last page is there, and would take the focus along: it stays where the button was. */
function useFocusKept({ hasMore, isReadingOn }: Pick<Pages<unknown>, "hasMore" | "isReadingOn">) {
  const end = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    const lost = document.activeElement === document.body;
    if (asked.current && !hasMore && lost) end.current?.focus({ preventScroll: true });
    asked.current = isReadingOn;
  }, [hasMore, isReadingOn]);
  return end;
}
