/** Numbers as people read them: nothing is shown as more or less than it is by the arithmetic of machines. */

import { expect, test } from "vitest";
import { en } from "@/shared/i18n/en";
import { es } from "@/shared/i18n/es";
import { formatsOf } from "./numbers";

const formats = formatsOf("es");

test.each([
  [0.29, "29%"],
  [0.57, "57%"],
  [1.15 / 2, "57%"],
  [0.999, "99%"],
  [1, "100%"],
])("a share of %d is %s", (share, shown) => {
  expect(formats.percent(share)).toBe(shown);
});

test.each([
  [9_940, "9,9 s"],
  [59_400, "59 s"],
  [59_700, "1 min 0 s"],
  [119_700, "2 min 0 s"],
])("%d milliseconds are %s", (milliseconds, shown) => {
  expect(formats.duration(milliseconds)).toBe(shown);
});

test("an amount is in the currency's own smallest unit", () => {
  expect(
    [formats.money(1_050, "eur"), formats.money(1_050, "jpy")].map((one) => one.replace(/\s/g, " ")),
  ).toEqual(["10,50 €", "1050 JPY"]);
});

test.each([
  [es, "Te devolvimos 1 token", "2 tokens devueltos", "1 token devuelto", "1 reservado"],
  [en, "We returned 1 token", "2 tokens given back", "1 token given back", "1 held"],
])("one token is in the singular", ({ generation, story, header }, returned, two, one, held) => {
  expect(generation.outcome.refunded("1")).toBe(returned);
  expect([story.refunded("2"), story.refunded("1")]).toEqual([two, one]);
  expect(header.held("1")).toBe(held);
});
