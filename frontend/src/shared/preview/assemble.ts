/**
 * One page of a generated front end as one document that needs nothing from anywhere: styles, scripts and modules in it,
 * requests answered from examples. Pure: the same files yield the same text.
 */

import { bootstrapOf, inScript } from "./frame/bootstrap";
import { withImports } from "./modules";
import { type ExampleRoute, needsBuild, resolve, type Site } from "./site";
import { Styles } from "./styles";

/** Beside the policy that the frame is sent with, which says the same: whatever serves this, there is no network. */
export const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline' data:; img-src data: blob:; " +
  "font-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'";

export interface Assembled {
  document: string;
  /** What the page asks of other hosts, or of files that there are not. */
  missing: readonly string[];
  /** Files that only a build could make into a page. */
  unbuilt: readonly string[];
}

/** What is of no use, or would take the page elsewhere. */
const REMOVED =
  "base, meta[http-equiv], script[type=importmap], iframe, object, embed, " +
  "link:not([rel~=stylesheet]):not([rel~=icon])";
const TYPES: Record<string, string> = {
  css: "text/css",
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  webmanifest: "application/json",
  svg: "image/svg+xml",
  html: "text/html",
  htm: "text/html",
};

export function assemble(
  site: Site,
  page: string,
  texts: ReadonlyMap<string, string>,
  routes: readonly ExampleRoute[],
): Assembled {
  return new Assembly(site, page, texts).assembled(routes);
}

class Assembly {
  readonly #site: Site;
  readonly #page: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #missing = new Set<string>();
  readonly #unbuilt = new Set<string>();
  readonly #styles: Styles;

  constructor(site: Site, page: string, texts: ReadonlyMap<string, string>) {
    this.#site = site;
    this.#page = page;
    this.#texts = texts;
    this.#styles = new Styles(
      (path) => texts.get(path) ?? "",
      (from, reference) => this.#find(from, reference),
      (path) => this.#address(path),
    );
  }

  assembled(routes: readonly ExampleRoute[]): Assembled {
    const parsed = new DOMParser().parseFromString(this.#texts.get(this.#page) ?? "", "text/html");
    for (const element of parsed.querySelectorAll(REMOVED)) element.remove();
    this.#linkStyles(parsed);
    this.#linkScripts(parsed);
    this.#linkImages(parsed);
    const imports = this.#modules();
    const settings = { routes, files: this.#files(), page: this.#page.slice(this.#site.root.length) };
    parsed.head.prepend(
      element(parsed, "meta", { charset: "utf-8" }),
      element(parsed, "meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
      element(parsed, "script", {}, bootstrapOf(settings)),
      element(parsed, "script", { type: "importmap" }, inScript({ imports })),
    );
    return {
      document: `<!doctype html>\n${parsed.documentElement.outerHTML}`,
      missing: [...this.#missing],
      unbuilt: [...this.#unbuilt],
    };
  }

  #linkStyles(parsed: Document): void {
    for (const link of parsed.querySelectorAll("link[href]")) {
      const path = this.#find(this.#page, link.getAttribute("href") ?? "");
      if (path === null && !link.getAttribute("href")?.startsWith("data:")) link.remove();
      if (path === null) continue;
      const style = link.matches("[rel~=stylesheet]");
      link.setAttribute("href", style ? dataUrl(path, this.#styles.text(path)) : this.#address(path));
      plain(link, path);
    }
    for (const style of parsed.querySelectorAll("style")) {
      style.textContent = this.#styles.linked(this.#page, style.textContent ?? "");
    }
    for (const styled of parsed.querySelectorAll("[style*='url(']")) {
      styled.setAttribute("style", this.#styles.linked(this.#page, styled.getAttribute("style") ?? ""));
    }
  }

  #linkScripts(parsed: Document): void {
    for (const script of parsed.querySelectorAll("script")) {
      const module = script.type === "module";
      const source = script.getAttribute("src");
      if (source === null) {
        if (module) script.textContent = this.#linked(this.#page, script.textContent ?? "");
        continue;
      }
      if (needsBuild(source)) this.#unbuilt.add(source);
      const path = this.#find(this.#page, source);
      if (path === null) {
        script.remove();
        continue;
      }
      plain(script, path);
      if (module) {
        // By its name in the import map, so that a module which is imported as well runs once.
        script.removeAttribute("src");
        script.textContent = `import ${inScript(nameOf(path))};`;
      } else {
        script.setAttribute("src", dataUrl(path, named(path, this.#texts.get(path) ?? "")));
      }
    }
  }

  #linkImages(parsed: Document): void {
    for (const image of parsed.querySelectorAll("[src], [poster], image[href]")) {
      if (image.localName === "script") continue;
      image.removeAttribute("srcset");
      for (const name of ["src", "poster", "href"]) {
        const reference = image.getAttribute(name);
        if (reference === null || /^(data:|#)/.test(reference)) continue;
        const path = this.#find(this.#page, reference);
        // An element without an address shows its alternative text, and asks nobody for anything.
        if (path === null) image.removeAttribute(name);
        else image.setAttribute(name, this.#address(path));
      }
    }
  }

  /** Every script of the site under its name: dynamic imports may ask for any of them. */
  #modules(): Record<string, string> {
    const scripts = [...this.#texts.keys()].filter((path) => /\.m?js$/i.test(path));
    return Object.fromEntries(
      scripts.map((path) => {
        const text = this.#linked(path, this.#texts.get(path) ?? "");
        return [nameOf(path), dataUrl(path, named(path, text))];
      }),
    );
  }

  #linked(from: string, source: string): string {
    return withImports(source, (specifier) => {
      if (!/^(\.{0,2}\/)/.test(specifier) || specifier.startsWith("//")) {
        this.#missing.add(specifier);
        return null;
      }
      if (needsBuild(specifier)) this.#unbuilt.add(specifier);
      const path = this.#find(from, specifier);
      return path === null ? null : nameOf(path);
    });
  }

  #files(): Record<string, { type: string; text: string }> {
    const { root } = this.#site;
    const data = [...this.#texts].filter(
      ([path]) => path.startsWith(root) && /\.(json|svg|txt|html?)$/i.test(path),
    );
    return Object.fromEntries(
      data.map(([path, text]) => [path.slice(root.length), { type: typeOf(path), text }]),
    );
  }

  #find(from: string, reference: string): string | null {
    if (/^(data:|blob:|#)/.test(reference)) return null;
    const path = resolve(this.#site, from, reference, (one) => this.#texts.has(one));
    if (path === null && reference.trim() !== "") this.#missing.add(reference.trim());
    return path;
  }

  #address(path: string): string {
    return dataUrl(path, this.#texts.get(path) ?? "");
  }
}

/** A bare name, which no browser takes for an address. */
const nameOf = (path: string): string => `@@/${path}`;

const typeOf = (path: string): string =>
  TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "text/plain";

const dataUrl = (path: string, text: string): string =>
  `data:${typeOf(path)};charset=utf-8,${encodeURIComponent(text)}`;

/** Errors name the file instead of the data that it came as. */
const named = (path: string, source: string): string => `${source}\n//# sourceURL=${encodeURI(path)}`;

function plain(element: Element, path: string): void {
  for (const name of ["integrity", "crossorigin", "nonce"]) element.removeAttribute(name);
  element.setAttribute("data-autocrea-path", path);
}

function element(parsed: Document, name: string, attributes: Record<string, string>, text = ""): Element {
  const made = parsed.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
