/**
 * Languages that are chosen one after the other.
 *
 * @vitest-environment happy-dom
 */

import { afterEach, expect, test, vi } from "vitest";
import { chooseLanguage, currentLanguage } from "./language";
import { changeLanguage } from "./texts";

const network = vi.hoisted(() => {
  let deliver: () => void = () => undefined;
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  return { delivered, deliver };
});
vi.mock("./en", async () => {
  await network.delivered;
  return { en: {} };
});

const before = currentLanguage();
afterEach(() => chooseLanguage(before));

test("the last one is spoken, whichever texts come last", async () => {
  const english = changeLanguage("en");
  const spanish = changeLanguage("es");
  network.deliver();
  await Promise.all([english, spanish]);
  expect(currentLanguage()).toBe("es");
});
