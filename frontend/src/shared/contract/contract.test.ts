/** Contracts are read as models write them, and drawn without overlaps. */

import { describe, expect, test } from "vitest";
import { contractOf } from "./contract";
import { diagramOf } from "./diagram";

const RAW = {
  summary: "Una agenda.",
  stack: ["FastAPI: API", 7],
  files: [
    { path: "frontend/index.html", step: "frontend", purpose: "Página" },
    { path: "backend/main.py", step: "backend" },
  ],
  routes: [
    { method: "get", path: "/api/contacts", response_example: [] },
    { method: "POST", path: "/api/contacts", request_example: { name: "Ana" }, status: 201 },
    { method: "GET", path: "/api/health", response_example: { status: "ok" } },
  ],
  data_model: [{ entity: "contact", fields: [{ name: "name", type: "TEXT" }] }, { entity: "audit_log" }],
  ports: [{ service: "app", port: 8000 }],
};

describe("a contract", () => {
  test("is read with what is missing left empty", () => {
    const contract = contractOf(JSON.stringify(RAW));
    expect(contract?.routes.map(({ method, status }) => [method, status])).toEqual([
      ["GET", 200],
      ["POST", 201],
      ["GET", 200],
    ]);
    expect(contract?.routes[0]?.responseExample).toEqual([]);
    expect(contract?.routes[1]?.responseExample).toBeNull();
    expect(contract?.stack).toEqual(["FastAPI: API", ""]);
    expect(contract?.dataModel[0]?.fields[0]?.required).toBe(true);
    expect(contract?.env).toEqual([]);
  });

  test.each(["", "[]", "null", '"text"', "{"])("is none when it is %j", (text) => {
    expect(contractOf(text)).toBeNull();
  });
});

describe("its diagram", () => {
  const contract = contractOf(JSON.stringify(RAW));
  if (contract === null) throw new Error("unreadable");
  const diagram = diagramOf(contract, "Interfaz");

  test("joins pages to routes, and routes to the data that they name", () => {
    expect(diagram.lines.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "frontend → route /contacts",
      "frontend → route /health",
      "route /contacts → data contact",
    ]);
  });

  test("has boxes that do not overlap, inside its size", () => {
    for (const one of diagram.boxes) {
      expect(one.x + one.width).toBeLessThanOrEqual(diagram.width);
      expect(one.y + one.height).toBeLessThanOrEqual(diagram.height);
      for (const other of diagram.boxes.filter((box) => box !== one && box.x === one.x)) {
        expect(one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true);
      }
    }
  });
});
