/** Where a browser would find the files of a generated front end: its pages, its root, and what a reference leads to. */

import type { Route } from "@/shared/contract/contract";

/** What the server of a small application usually mounts its static files at. */
const MOUNTS = ["static", "assets", "public", "frontend"];
/** What a page may consist of; all of it is text, as models write nothing else. */
const SHOWN = /\.(html?|css|m?js|json|svg|txt|webmanifest)$/i;
const PAGE = /\.html?$/i;
/** Only a build makes these into something that a browser understands. */
const BUILT = /\.(jsx|tsx?|vue|svelte|s[ac]ss|less)$/i;

export interface Site {
  /** Its folder inside the application: empty, or with a slash at its end. */
  root: string;
  /** Paths inside the application, the first one shown first. */
  pages: readonly string[];
}

/** Null when there is no page. */
export function siteOf(paths: readonly string[]): Site | null {
  const pages = paths.filter((path) => PAGE.test(path)).sort(byEntry);
  const entry = pages[0];
  if (entry === undefined) return null;
  const root = entry.slice(0, entry.lastIndexOf("/") + 1);
  return { root, pages: pages.filter((page) => page.startsWith(root)) };
}

/** An index before other pages, and what is nearer to the root before what is deeper. */
function byEntry(one: string, other: string): number {
  const index = (path: string) => (/(^|\/)index\.html?$/i.test(path) ? 0 : 1);
  const depth = (path: string) => path.split("/").length;
  return index(one) - index(other) || depth(one) - depth(other) || one.localeCompare(other);
}

/** Whether a preview of the site needs a file's text. */
export const isShown = (site: Site, path: string): boolean => path.startsWith(site.root) && SHOWN.test(path);

export const needsBuild = (path: string): boolean => BUILT.test(path);

/** Whether a reference leaves the application: another host, a mail program, a telephone. */
export const isExternal = (reference: string): boolean =>
  /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(reference.trim());

/**
 * The file that a reference in `from` leads to, or null: as a browser resolves it below the root, and as servers mount it.
 * `known` tells which files there are.
 */
export function resolve(
  site: Site,
  from: string,
  reference: string,
  known: (path: string) => boolean,
): string | null {
  if (isExternal(reference) || reference.trim() === "") return null;
  const base = `http://preview/${from.slice(site.root.length)}`;
  if (!URL.canParse(reference.trim(), base)) return null;
  const path = decoded(new URL(reference.trim(), base).pathname.slice(1));
  const [first, ...rest] = path.split("/");
  const candidates = [
    path,
    `${path}.html`,
    path === "" ? "index.html" : `${path.replace(/\/$/, "")}/index.html`,
  ];
  if (rest.length > 0 && MOUNTS.includes(first ?? "")) candidates.push(rest.join("/"));
  const found = candidates.map((candidate) => site.root + candidate).find(known);
  return found ?? null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

/** An answer for the requests of a page: what the contract promises for a route. */
export interface ExampleRoute {
  method: string;
  path: string;
  status: number;
  /** JSON text; null when it answers none. */
  body: string | null;
}

export const exampleOf = (route: Route): ExampleRoute => ({
  method: route.method,
  path: route.path,
  status: route.status,
  body: route.responseExample === null ? null : JSON.stringify(route.responseExample),
});
