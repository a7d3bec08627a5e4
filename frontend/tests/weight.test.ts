/** What a direct link makes a browser load before anything is on the page: measured on a build, route by route. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, test, vi } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** The requirement is 200: what is above this is looked at before it is there. */
const INITIAL_GZIP_KB_MAX = 170;
const IMPORT = /import\("([^"]+)"\)/g;
/** Loaded before the first page, besides what the entry names. */
const ENGLISH = "src/shared/i18n/en/index.ts";
const START = "index.html";

/** The modules that a source loads when it needs them, from `src/`. */
function lazyIn(source: string): string[] {
  const text = readFileSync(join(ROOT, source), "utf-8");
  return [...text.matchAll(IMPORT)].map(
    ([, name = ""]) => `${name.replace(/^@\//, "src/").replace(/^\.\//, "src/app/")}.tsx`,
  );
}

const PAGES = lazyIn("src/app/router.tsx");
const TABS = lazyIn("src/app/generation-tabs.ts");
const AROUND_TABS = "src/app/generation-page.tsx";

let chunks: Map<string, Rolldown.OutputChunk>;

beforeAll(async () => {
  vi.stubEnv("NODE_ENV", "production"); // as for people: React's own checks weigh as much as React
  const built = (await build({
    root: ROOT,
    logLevel: "error",
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  chunks = new Map(built.output.filter((one) => one.type === "chunk").map((one) => [one.fileName, one]));
  vi.unstubAllEnvs();
}, 60_000);

function chunkOf(source: string): Rolldown.OutputChunk {
  const chunk = [...chunks.values()].find((one) => one.facadeModuleId === join(ROOT, source));
  if (chunk === undefined) throw new Error(`${source} has no part of its own in the build`);
  return chunk;
}

/** Bytes of these parts and of all they import, each counted once. */
function weightOf(sources: readonly string[]): number {
  const wanted = sources.map(chunkOf);
  const loaded = new Set<Rolldown.OutputChunk>();
  for (let chunk = wanted.pop(); chunk !== undefined; chunk = wanted.pop()) {
    if (loaded.has(chunk)) continue;
    loaded.add(chunk);
    wanted.push(...chunk.imports.map((name) => chunks.get(name)).filter((one) => one !== undefined));
  }
  return [...loaded].reduce((sum, one) => sum + gzipSync(one.code).length, 0);
}

describe("a direct link", () => {
  const links = [
    ...PAGES.filter((page) => page !== AROUND_TABS).map((page) => [page]),
    ...TABS.map((tab) => [AROUND_TABS, tab]),
  ];

  test("leads to pages and tabs that this test has found", () => {
    expect([PAGES.length, TABS.length, PAGES.includes(AROUND_TABS)]).toEqual([7, 6, true]);
  });

  test.each(links.map((link) => [link.at(-1), link] as const))(
    "to %s loads no more than it may",
    (_, link) => {
      const kilobytes = weightOf([START, ENGLISH, ...link]) / 1000;
      console.info(`${link.at(-1)}: ${kilobytes.toFixed(1)} KB`);
      expect(kilobytes).toBeLessThan(INITIAL_GZIP_KB_MAX);
    },
  );
});
