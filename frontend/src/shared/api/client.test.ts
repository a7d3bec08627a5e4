/**
 * What every request carries.
 *
 * @vitest-environment happy-dom
 */

import { expect, test } from "vitest";
import { requestHeaders } from "./client";

test("each request begins a trace of its own", async () => {
  const [one, other] = [(await requestHeaders()).traceparent, (await requestHeaders()).traceparent];
  expect(one).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(other).not.toBe(one);
});
