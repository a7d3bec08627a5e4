/** Which grammar a file is read with; each is loaded when a file of its kind is first opened. */

import type { Extension } from "@codemirror/state";

type Load = () => Promise<Extension>;

const javascript =
  (options: { jsx?: boolean; typescript?: boolean }): Load =>
  async () =>
    (await import("@codemirror/lang-javascript")).javascript(options);
const json: Load = async () => (await import("@codemirror/lang-json")).json();
const yaml: Load = async () => (await import("@codemirror/lang-yaml")).yaml();
const html: Load = async () => (await import("@codemirror/lang-html")).html();

const BY_ENDING: Record<string, Load> = {
  ts: javascript({ typescript: true }),
  tsx: javascript({ typescript: true, jsx: true }),
  js: javascript({}),
  mjs: javascript({}),
  cjs: javascript({}),
  jsx: javascript({ jsx: true }),
  py: async () => (await import("@codemirror/lang-python")).python(),
  html,
  htm: html,
  svg: html,
  css: async () => (await import("@codemirror/lang-css")).css(),
  json,
  yml: yaml,
  yaml,
  md: async () => (await import("@codemirror/lang-markdown")).markdown(),
};

/** Null for a file that is shown as plain text. */
export function languageOf(path: string): Load | null {
  return BY_ENDING[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? null;
}
