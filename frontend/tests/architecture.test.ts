/** The rules of this tree: features know nothing of each other, what is shared knows no feature, files stay small. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { es } from "../src/shared/i18n/es";

const ROOT = join(import.meta.dirname, "..");
const LINES_MAX = 250;
const GENERATED = "src/shared/api/schema.d.ts";
const ROOMS = ["api", "components", "hooks"];
/** Texts that are looked up by what the API tells, and that nothing here calls by their names. */
const TOLD_BY_THE_API = [
  "landing",
  "replayed",
  "replay_dead_letter",
  "discard_dead_letter",
  "send_again",
  "tell_again",
  "rebuild_projections",
  "apply_topology",
  "grant_tokens",
  "retell",
  "show_purchase",
  "welcome",
];
const IMPORT = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

interface Source {
  path: string;
  text: string;
  imports: string[];
}

/** What the texts of a catalogue are called, at whatever depth. */
function namesIn(texts: object): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "object" && !Array.isArray(text) ? [name, ...namesIn(text)] : [name],
  );
}

function sources(): Source[] {
  const paths = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf-8" });
  return paths
    .filter((path) => /\.(ts|tsx|css)$/.test(path))
    .map((path) => {
      const text = readFileSync(join(ROOT, "src", path), "utf-8");
      return {
        path: `src/${path}`,
        text,
        imports: [...text.matchAll(IMPORT)].map(([, name]) => target(path, name ?? "")),
      };
    });
}

/** Where an import leads, from `src/`; a package's name stays as it is. */
function target(path: string, name: string): string {
  if (name.startsWith("@/")) return `src/${name.slice(2)}`;
  if (name.startsWith(".")) return relative(ROOT, normalize(join(ROOT, "src", dirname(path), name)));
  return name;
}

const featureOf = (path: string): string | null => /^src\/features\/([^/]+)\//.exec(path)?.[1] ?? null;

describe("the tree", () => {
  const all = sources();

  test("has features that never import each other", () => {
    const crossing = all.flatMap(({ path, imports }) => {
      const own = featureOf(path);
      return imports
        .filter((name) => own !== null && featureOf(name) !== null && featureOf(name) !== own)
        .map((name) => `${path} imports ${name}`);
    });
    expect(crossing).toEqual([]);
  });

  test("has nothing below `app` that knows `app`, and nothing shared that knows a feature", () => {
    const upward = all.flatMap(({ path, imports }) => {
      const forbidden = path.startsWith("src/shared/") ? /^src\/(app|features)\// : /^src\/app\//;
      const bound = path.startsWith("src/shared/") || path.startsWith("src/features/");
      return imports.filter((name) => bound && forbidden.test(name)).map((name) => `${path} imports ${name}`);
    });
    expect(upward).toEqual([]);
  });

  test("has in each feature its three rooms and no other", () => {
    const strange = all
      .map(({ path }) => path.split("/"))
      .filter(([, top, , room]) => top === "features" && !ROOMS.includes(room ?? ""))
      .map((parts) => parts.join("/"));
    expect(strange).toEqual([]);
  });

  test("has no file above its limit", () => {
    const long = all
      .filter(({ path, text }) => path !== GENERATED && text.split("\n").length > LINES_MAX + 1)
      .map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test("builds with nothing that is installed for tests alone", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf-8")) as {
      devDependencies: Record<string, string>;
    };
    const config = { path: "vite.config.ts", text: readFileSync(join(ROOT, "vite.config.ts"), "utf-8") };
    const built = [...all.filter(({ path }) => !/\.test\.tsx?$/.test(path)), config];
    const borrowed = built.flatMap(({ path, text }) =>
      [...text.matchAll(IMPORT)]
        .map(([, name]) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(name ?? "")?.[0] ?? "")
        .filter((name) => name in devDependencies)
        .map((name) => `${path} imports ${name}`),
    );
    expect(borrowed).toEqual([]);
  });

  test("says each of its texts somewhere", () => {
    const speaking = all.filter(({ path }) => !path.startsWith("src/shared/i18n/"));
    const words = new Set(speaking.flatMap(({ text }) => text.match(/\w+/g) ?? []));
    expect(namesIn(es).filter((name) => !words.has(name))).toEqual(TOLD_BY_THE_API);
  });

  test("says at the top of each module what lives there", () => {
    const silent = all
      .filter(({ path, text }) => /\.tsx?$/.test(path) && path !== GENERATED && !text.startsWith("/**"))
      .map(({ path }) => path);
    expect(silent).toEqual([]);
  });
});
