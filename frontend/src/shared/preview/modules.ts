/** JavaScript whose imports lead to names of an import map instead of to files on a server. */

import { parser } from "@lezer/javascript";

const IMPORTING = ["ImportDeclaration", "ExportDeclaration", "DynamicImport"];

/** `name` says what a specifier shall be called, or null to leave it as it is. */
export function withImports(source: string, name: (specifier: string) => string | null): string {
  let written = "";
  let done = 0;
  parser.parse(source).iterate({
    enter: (node) => {
      if (node.name !== "String" || !IMPORTING.includes(node.node.parent?.name ?? "")) return;
      const renamed = name(source.slice(node.from + 1, node.to - 1));
      if (renamed === null) return;
      written += source.slice(done, node.from) + JSON.stringify(renamed);
      done = node.to;
    },
  });
  return written + source.slice(done);
}
