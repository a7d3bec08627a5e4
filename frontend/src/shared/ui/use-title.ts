/** The window's title, which tells tabs apart and is the first thing that a screen reader says of a page. */

import { useEffect } from "react";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · AUTOCREA`;
  }, [title]);
}
