/** Where the boxes and lines of a contract's diagram stand. Pure; in CSS pixels. */

import type { Contract, Entity, Route } from "./contract";

export type BoxKind = "frontend" | "route" | "data";

export interface Box {
  id: string;
  kind: BoxKind;
  title: string;
  lines: readonly string[];
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  from: string;
  to: string;
  path: string;
}

export interface Diagram {
  boxes: readonly Box[];
  lines: readonly Line[];
  width: number;
  height: number;
}

const BOX_WIDTH = 250;
const GAP_X = 90;
const GAP_Y = 16;
const LINE_HEIGHT = 18;
const PADDING = 12;
/** More do not fit a glance; the tables have all of them. */
const LINES_MAX = 7;

interface Content {
  id: string;
  kind: BoxKind;
  title: string;
  lines: readonly string[];
}

/** Pages on the left, what they may ask for in the middle, by resource, what is stored on the right. */
export function diagramOf(contract: Contract, frontendTitle: string): Diagram {
  const pages = contract.files.filter((file) => file.step === "frontend").map((file) => file.path);
  const resources = byResource(contract.routes);
  const left: Content[] =
    pages.length > 0 ? [{ id: "frontend", kind: "frontend", title: frontendTitle, lines: pages }] : [];
  const middle = [...resources].map(
    ([name, routes]): Content => ({
      id: `route ${name}`,
      kind: "route",
      title: name,
      lines: routes.map((route) => `${route.method} ${route.path}`),
    }),
  );
  const right = contract.dataModel.map(
    (entity): Content => ({
      id: `data ${entity.name}`,
      kind: "data",
      title: entity.name,
      lines: entity.fields.map((field) => `${field.name}: ${field.type}`),
    }),
  );
  const boxes = placed([left, middle, right].filter((column) => column.length > 0));
  const pairs = [
    ...middle.flatMap(({ id }) => left.map((page) => [page.id, id] as const)),
    ...[...resources].flatMap(([name, routes]) =>
      contract.dataModel
        .filter((entity) => names(routes, entity))
        .map((entity) => [`route ${name}`, `data ${entity.name}`] as const),
    ),
  ];
  const known = new Map(boxes.map((box) => [box.id, box]));
  const lines = pairs.flatMap(([from, to]) => {
    const [start, end] = [known.get(from), known.get(to)];
    return start && end ? [{ from, to, path: curve(start, end) }] : [];
  });
  const edge = (end: (box: Box) => number) => Math.max(0, ...boxes.map(end));
  return {
    boxes,
    lines,
    width: edge((box) => box.x + box.width),
    height: edge((box) => box.y + box.height),
  };
}

/** By the first part of the address that is not a prefix all of them share. */
function byResource(routes: readonly Route[]): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    const parts = route.path.split("/").filter((part) => part !== "" && !part.startsWith("{"));
    const own = parts.filter((part) => !/^(api|v\d+)$/i.test(part));
    const name = `/${own[0] ?? parts[0] ?? ""}`;
    groups.set(name, [...(groups.get(name) ?? []), route]);
  }
  return groups;
}

/** Whether a resource is called as the entity is, in the singular or the plural. */
function names(routes: readonly Route[], entity: Entity): boolean {
  const name = entity.name.toLowerCase().replaceAll("_", "-");
  const forms = new Set([name, `${name}s`, `${name}es`, name.replace(/y$/, "ies"), name.replace(/s$/, "")]);
  return routes.some((route) =>
    route.path
      .toLowerCase()
      .replaceAll("_", "-")
      .split("/")
      .some((part) => forms.has(part)),
  );
}

function placed(columns: readonly (readonly Content[])[]): Box[] {
  const sized = columns.map((column) => column.map((content) => ({ ...content, ...shown(content.lines) })));
  const heightOf = (column: (typeof sized)[number]) =>
    column.reduce((total, box) => total + box.height + GAP_Y, -GAP_Y);
  const tallest = Math.max(0, ...sized.map(heightOf));
  return sized.flatMap((column, index) => {
    let y = (tallest - heightOf(column)) / 2;
    return column.map((box): Box => {
      const at = y;
      y += box.height + GAP_Y;
      return { ...box, x: index * (BOX_WIDTH + GAP_X), y: at, width: BOX_WIDTH };
    });
  });
}

function shown(lines: readonly string[]): { lines: readonly string[]; height: number } {
  const kept =
    lines.length > LINES_MAX
      ? [...lines.slice(0, LINES_MAX - 1), `+ ${lines.length - LINES_MAX + 1}`]
      : lines;
  return { lines: kept, height: PADDING * 2 + LINE_HEIGHT * (kept.length + 1) };
}

function curve(from: Box, to: Box): string {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const middle = (x1 + x2) / 2;
  return `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}`;
}

export const DIAGRAM_TEXT = { padding: PADDING, lineHeight: LINE_HEIGHT } as const;
