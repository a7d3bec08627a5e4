/**
 * A browser that blocks its storage, or has no room in it, costs a convenience and nothing else.
 *
 * @vitest-environment happy-dom
 */

import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useDraft } from "@/features/create/hooks/use-draft";
import { forgetPerson } from "@/shared/session/kept";
import { session } from "@/shared/session/session";
import { SimulatedIdentity } from "@/shared/session/simulated-identity";

const AREAS = ["localStorage", "sessionStorage"] as const;
const open = AREAS.map((area) => [area, Object.getOwnPropertyDescriptor(globalThis, area)] as const);

beforeEach(() => {
  const blocked = {
    get: () => {
      throw new DOMException("blocked", "SecurityError");
    },
    configurable: true,
  };
  for (const area of AREAS) Object.defineProperty(globalThis, area, blocked);
});
afterEach(() => {
  vi.unstubAllGlobals();
  for (const [area, storage] of open) {
    if (storage) Object.defineProperty(globalThis, area, storage);
    else Reflect.deleteProperty(globalThis, area);
  }
});

test("pages speak a language, and change it", async () => {
  const { chooseLanguage, currentLanguage } = await import("@/shared/i18n/language");
  expect(["es", "en"]).toContain(currentLanguage());
  chooseLanguage("en");
  expect(currentLanguage()).toBe("en");
});

test("somebody signs in and out", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ token: "t", expires_in: 3600 }));
  const identity = new SimulatedIdentity("/token");
  await identity.signIn("ada");
  expect([session.state, await session.token()]).toEqual(["in", "t"]);
  await session.signOut();
  expect(session.state).toBe("out");
});

test("a draft lives as long as its page", () => {
  const { result } = renderHook(() => useDraft(null));
  expect(() => result.current.clear()).not.toThrow();
  expect(forgetPerson).not.toThrow();
});
