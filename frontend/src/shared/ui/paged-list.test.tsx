/**
 * A list that is read on by keyboard.
 *
 * @vitest-environment happy-dom
 */

import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Pages } from "@/shared/api/pages";
import { PagedList } from "./paged-list";

const PAGES: Pages<string> = {
  items: ["one"],
  error: null,
  isStale: false,
  hasMore: true,
  isReadingOn: false,
  readOn: () => undefined,
  again: () => undefined,
};
const list = (told: Partial<Pages<string>>) => (
  <PagedList pages={{ ...PAGES, ...told }} empty="nothing">
    {(items) =>
      items.map((item) => (
        <a key={item} href={`#${item}`}>
          {item}
        </a>
      ))
    }
  </PagedList>
);

afterEach(cleanup);

test("the focus stays behind the last item when the button goes with the last page", () => {
  const { rerender } = render(list({}));
  screen.getByRole("button").focus();
  rerender(list({ isReadingOn: true }));
  rerender(list({ items: ["one", "two"], hasMore: false }));
  const last = screen.getByRole("link", { name: "two" });
  expect(document.activeElement).not.toBe(document.body);
  expect(last.compareDocumentPosition(document.activeElement as Element)).toBe(
    Node.DOCUMENT_POSITION_FOLLOWING,
  );
});

test("whoever has gone on to something else keeps their place", () => {
  const { rerender } = render(list({ isReadingOn: true }));
  const one = screen.getByRole("link", { name: "one" });
  one.focus();
  rerender(list({ hasMore: false }));
  expect(document.activeElement).toBe(one);
});
