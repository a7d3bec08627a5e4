/**
 * What every request carries.
 *
 * @vitest-environment happy-dom
 */

import { expect, test } from "vitest";
import { chooseLanguage, currentLanguage } from "@/shared/i18n/language";
import { session } from "@/shared/session/session";
import { requestHeaders } from "./client";

test("each request begins a trace of its own", async () => {
  const [one, other] = [(await requestHeaders()).traceparent, (await requestHeaders()).traceparent];
  expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(other).not.toBe(one);
});

test("an answer is in the language that it was asked for in, however long the token took", async () => {
  const [before, other] = currentLanguage() === "es" ? (["es", "en"] as const) : (["en", "es"] as const);
  let give: (token: string) => void = () => undefined;
  const token = new Promise<string>((resolve) => {
    give = resolve;
  });
  const nobody = { refused: () => undefined, signOut: async () => undefined };
  session.tell({ ...nobody, token: () => token }, "ada");
  const headers = requestHeaders();
  chooseLanguage(other);
  give("t");
  expect((await headers)["Accept-Language"]).toBe(before);
  chooseLanguage(before);
  session.tell({ ...nobody, token: async () => null }, null);
});
