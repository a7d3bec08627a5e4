/** Pages are found, and references lead where a server would lead them. */

import { describe, expect, test } from "vitest";
import { withImports } from "./modules";
import { resolve, siteOf } from "./site";

const PATHS = ["frontend/admin.html", "frontend/index.html", "frontend/js/app.js", "docs/old/index.html"];

describe("a site", () => {
  test("begins at the index that is nearest to the root", () => {
    const site = siteOf(["docs/old/index.html", ...PATHS]);
    expect(site?.root).toBe("frontend/");
    expect(site?.pages).toEqual(["frontend/index.html", "frontend/admin.html"]);
    expect(siteOf(["backend/main.py"])).toBeNull();
  });

  test.each([
    ["js/app.js", "frontend/js/app.js"],
    ["/js/app.js?v=2", "frontend/js/app.js"],
    ["./admin.html#top", "frontend/admin.html"],
    ["/admin", "frontend/admin.html"],
    ["/", "frontend/index.html"],
    ["/static/js/app.js", "frontend/js/app.js"],
    ["../../../etc/passwd", null],
    ["https://evil.test/js/app.js", null],
    ["//evil.test/js/app.js", null],
    ["javascript:alert(1)", null],
    ["%E0%A4%A", null],
  ])("leads %s to %s", (reference, path) => {
    const site = siteOf(PATHS);
    if (site === null) throw new Error("no site");
    expect(resolve(site, "frontend/index.html", reference, (one) => PATHS.includes(one))).toBe(path);
  });
});

describe("modules", () => {
  test("have every kind of import renamed, and nothing else", () => {
    const source = [
      'import a from "./a.js"; import "./b.js";',
      "export * from './c.js'; const d = import(`./no.js`);",
      'const e = await import("./e.js"); const text = "import x from \\"./a.js\\"";',
    ].join("\n");
    const asked: string[] = [];
    const written = withImports(source, (specifier) => {
      asked.push(specifier);
      return specifier === "./b.js" ? null : `@@${specifier}`;
    });
    expect(asked).toEqual(["./a.js", "./b.js", "./c.js", "./e.js"]);
    expect(written).toContain('import a from "@@./a.js"; import "./b.js";');
    expect(written).toContain('import("@@./e.js")');
    expect(written).toContain('\\"./a.js\\"');
  });
});

test.each(["\\\\", "/\\", "\\\\a b\\c"])("%s, which is no address, leads nowhere", (reference) => {
  expect(resolve({ root: "", pages: ["index.html"] }, "index.html", reference, () => true)).toBeNull();
});
