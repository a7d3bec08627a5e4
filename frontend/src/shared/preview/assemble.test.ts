/**
 * A site becomes one document that needs nothing from anywhere, whatever is in it.
 *
 * @vitest-environment happy-dom
 * @vitest-environment-options {"settings": {"handleDisabledFileLoadingAsSuccess": true}}
 */

import { describe, expect, test } from "vitest";
import { assemble, POLICY } from "./assemble";
import { siteOf } from "./site";

const INDEX = `<!doctype html><html lang="es"><head>
  <base href="https://evil.test/"><meta http-equiv="refresh" content="0;url=https://evil.test">
  <link rel="stylesheet" href="styles.css"><link rel="stylesheet" href="https://fonts.test/a.css">
  <script type="module" src="app.js"></script><script src="/static/old.js" integrity="sha256-x"></script>
  <script src="https://cdn.test/x.js"></script>
</head><body><h1>Hola</h1><img src="logo.svg" alt="Logo"><img src="https://track.test/pixel.gif"></body></html>`;

const FILES = {
  "frontend/index.html": INDEX,
  "frontend/styles.css":
    '@import "base.css"; body { background: url(logo.svg), url("https://img.test/b.png") }',
  "frontend/base.css": "h1 { color: teal }",
  "frontend/app.js": 'import { hola } from "./lib/hola.js";\nhola();',
  "frontend/lib/hola.js": 'import "../app.js";\nexport const hola = () => "</script>";',
  "frontend/old.js": 'document.title = "viejo";',
  "frontend/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "backend/main.py": "print()",
  "docs/architecture.json": "{}",
};

function assembled(changes: Record<string, string> = {}, page = "frontend/index.html") {
  const texts = new Map(Object.entries({ ...FILES, ...changes }));
  const site = siteOf([...texts.keys()]);
  if (site === null) throw new Error("no site");
  const routes = [{ method: "GET", path: "/api/items/{id}", status: 200, body: '{"id":1}' }];
  const result = assemble(site, page, texts, routes);
  return { ...result, parsed: new DOMParser().parseFromString(result.document, "text/html") };
}

const decoded = (url: string | null | undefined): string =>
  decodeURIComponent((url ?? "").split(",")[1] ?? "");

describe("an assembled page", () => {
  test("has a policy without a network before anything else that could ask for something", () => {
    const { parsed } = assembled();
    const [charset, policy, bootstrap] = parsed.head.children;
    expect(charset?.getAttribute("charset")).toBe("utf-8");
    expect(policy?.getAttribute("content")).toBe(POLICY);
    expect(POLICY).toContain("default-src 'none'");
    expect(POLICY).not.toMatch(/connect-src|https?:/);
    expect(bootstrap?.localName).toBe("script");
    expect(parsed.querySelectorAll("base, [http-equiv=refresh]")).toHaveLength(0);
  });

  test("asks no address for anything: styles, scripts and images are in it", () => {
    const { parsed } = assembled();
    const addresses = [...parsed.querySelectorAll("[src], link[href]")].map(
      (one) => one.getAttribute("src") ?? one.getAttribute("href") ?? "",
    );
    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter((address) => !address.startsWith("data:"))).toEqual([]);
    const style = decoded(parsed.querySelector("link[rel=stylesheet]")?.getAttribute("href"));
    expect(style).toContain("h1 { color: teal }");
    expect(style).toContain("data:image/svg+xml");
    expect(style).not.toContain("https://img.test");
  });

  test("names what it could not have", () => {
    expect([...assembled().missing].sort()).toEqual([
      "https://cdn.test/x.js",
      "https://fonts.test/a.css",
      "https://img.test/b.png",
      "https://track.test/pixel.gif",
    ]);
  });

  test("has modules that import each other by name, in a circle too, and one of each", () => {
    const { parsed } = assembled();
    const map = JSON.parse(parsed.querySelector("script[type=importmap]")?.textContent ?? "");
    expect(Object.keys(map.imports).sort()).toEqual([
      "@@/frontend/app.js",
      "@@/frontend/lib/hola.js",
      "@@/frontend/old.js",
    ]);
    expect(decoded(map.imports["@@/frontend/app.js"])).toContain('from "@@/frontend/lib/hola.js"');
    expect(decoded(map.imports["@@/frontend/lib/hola.js"])).toContain('import "@@/frontend/app.js"');
    expect(parsed.querySelector("script[type=module]")?.textContent).toBe('import "@@/frontend/app.js";');
    const old = parsed.querySelector("script[src]");
    expect(decoded(old?.getAttribute("src"))).toContain("//# sourceURL=frontend/old.js");
    expect(old?.hasAttribute("integrity")).toBe(false);
  });

  test("cannot be ended early by what a file or an example says", () => {
    const { parsed } = assembled({ "frontend/data.json": '{"text": "</script><h1>fuera</h1>"}' });
    expect(parsed.querySelectorAll("h1")).toHaveLength(1);
  });

  test("says so when only a build could make it into a page", () => {
    const page = '<div id="root"></div><script type="module" src="/src/main.jsx"></script>';
    expect(assembled({ "frontend/index.html": page }).unbuilt).toEqual(["/src/main.jsx"]);
  });

  test("is equal for equal files", () => {
    expect(assembled().document).toBe(assembled().document);
  });
});
