/** Style sheets whose imports and images are in them. */

/** An import nested deeper is a circle. */
const DEPTH_MAX = 8;

const IMPORT = /@import\s+(?:url\(\s*)?["']?([^"')\s;]+)["']?\s*\)?([^;]*);/gi;
const ADDRESS = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)/gi;

export class Styles {
  readonly #read: (path: string) => string;
  readonly #find: (from: string, reference: string) => string | null;
  readonly #address: (path: string) => string;

  constructor(
    read: (path: string) => string,
    find: (from: string, reference: string) => string | null,
    address: (path: string) => string,
  ) {
    this.#read = read;
    this.#find = find;
    this.#address = address;
  }

  text(path: string, depth = 0): string {
    return this.linked(path, this.#read(path), depth);
  }

  /** What cannot be had is left out, so that nothing is asked for. */
  linked(from: string, css: string, depth = 0): string {
    const imported = css.replace(IMPORT, (_whole, reference: string, media: string) => {
      const path = depth < DEPTH_MAX ? this.#find(from, reference) : null;
      if (path === null) return "";
      const condition = media.trim();
      const text = this.text(path, depth + 1);
      return condition === "" ? text : `@media ${condition} {\n${text}\n}`;
    });
    return imported.replace(ADDRESS, (whole, ...groups: unknown[]) => {
      const reference = groups.slice(0, 3).find((group) => typeof group === "string") as string;
      if (/^(data:|#)/.test(reference)) return whole;
      const path = this.#find(from, reference);
      return path === null ? "none" : `url("${this.#address(path).replaceAll('"', "%22")}")`;
    });
  }
}
