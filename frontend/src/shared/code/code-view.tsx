/** A file's text with line numbers and colours, to read and search: CodeMirror, loaded when first needed. */

import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { languageOf } from "./languages";

/** Some lines: more than a model writes between two frames. */
const END_PX = 240;

interface CodeViewProps {
  path: string;
  text: string;
  label: string;
  /** Counted from 1; scrolled to and marked. */
  line?: number | null;
  /** Keep the end in sight while the text grows. */
  follow?: boolean;
}

export default function CodeView({ path, text, label, line = null, follow = false }: CodeViewProps) {
  const parent = useRef<HTMLDivElement>(null);
  const held = useRef<{ view: EditorView; language: Compartment } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new editor for each file; its text is moved on below
  useEffect(() => {
    if (parent.current === null) return;
    const language = new Compartment();
    const state = EditorState.create({
      doc: text,
      extensions: [...EXTENSIONS, language.of([]), named(label)],
    });
    const view = new EditorView({ state, parent: parent.current });
    if (follow) showEnd(view);
    held.current = { view, language };
    let shown = true;
    void languageOf(path)?.().then(
      (extension) => shown && view.dispatch({ effects: language.reconfigure(extension) }),
      () => undefined, // without its grammar it reads as plain text
    );
    return () => {
      shown = false;
      held.current = null;
      view.destroy();
    };
  }, [path, label]);

  useEffect(() => {
    const view = held.current?.view;
    if (view) moveOn(view, text, follow);
  }, [text, follow]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once the text is there, its line can be shown
  useEffect(() => {
    const view = held.current?.view;
    if (!view || line === null || line > view.state.doc.lines) return;
    const at = view.state.doc.line(Math.max(line, 1)).from;
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }, [line, path, text === ""]);

  return (
    <div
      ref={parent}
      className="h-full min-h-0 overflow-hidden rounded-lg border border-slate-700 bg-slate-950/60"
    />
  );
}

/** Only what is new is put in, so that a text that grows costs what it grows by. */
function moveOn(view: EditorView, text: string, follow: boolean): void {
  const { doc } = view.state;
  const stays = follow && isAtEnd(view);
  if (doc.length <= text.length && text.startsWith(doc.toString())) {
    if (doc.length === text.length) return;
    view.dispatch({ changes: { from: doc.length, insert: text.slice(doc.length) } });
  } else {
    view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  }
  if (stays) showEnd(view);
}

/** Whoever has scrolled up reads there in peace, until they come back to the end. */
function isAtEnd({ scrollDOM: { scrollTop, clientHeight, scrollHeight } }: EditorView): boolean {
  return scrollTop + clientHeight > scrollHeight - END_PX;
}

/** Within the editor alone: its own way would take the whole page along. */
function showEnd(view: EditorView): void {
  view.requestMeasure({
    read: () => undefined,
    write: () => {
      view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight;
    },
  });
}

const named = (label: string): Extension => EditorView.contentAttributes.of({ "aria-label": label });

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "#7dd3fc" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "#86efac" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "#fdba74" },
  { tag: [tags.comment, tags.meta], color: "#94a3b8", fontStyle: "italic" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.className],
    color: "#c4b5fd",
  },
  { tag: [tags.typeName, tags.tagName, tags.heading], color: "#67e8f9" },
  { tag: [tags.attributeName, tags.propertyName], color: "#fde68a" },
  { tag: tags.link, textDecoration: "underline" },
]);

const THEME = EditorView.theme(
  {
    "&": { height: "100%", fontSize: "13px", color: "#e2e8f0", backgroundColor: "transparent" },
    ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55" },
    ".cm-gutters": { backgroundColor: "transparent", color: "#94a3b8", border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "#33415566" },
    "&.cm-focused": { outline: "2px solid #67e8f9", outlineOffset: "-2px" },
    ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
      backgroundColor: "#1e40af99 !important",
    },
    ".cm-panels": { backgroundColor: "#0f172a", color: "#e2e8f0" },
  },
  { dark: true },
);

const EXTENSIONS: Extension[] = [
  // Not editable, yet it takes the focus: people read and search it with the keyboard.
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({
    tabindex: "0",
    role: "textbox",
    "aria-readonly": "true",
    "aria-multiline": "true",
  }),
  lineNumbers(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  search({ top: true }),
  keymap.of(searchKeymap),
  EditorView.lineWrapping,
  syntaxHighlighting(COLOURS),
  syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
  THEME,
];
