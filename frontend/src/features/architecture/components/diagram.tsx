/** The contract as a drawing: who asks whom, and what is stored. The tables beside it say the same in words. */

import { useId, useMemo } from "react";
import type { Contract } from "@/shared/contract/contract";
import { type Box, type BoxKind, DIAGRAM_TEXT, diagramOf } from "@/shared/contract/diagram";
import { useTexts } from "@/shared/i18n/texts";

const LOOKS: Record<BoxKind, { box: string; title: string }> = {
  frontend: { box: "fill-cyan-950 stroke-cyan-500", title: "fill-cyan-200" },
  route: { box: "fill-slate-900 stroke-slate-500", title: "fill-slate-100" },
  data: { box: "fill-emerald-950 stroke-emerald-500", title: "fill-emerald-200" },
};
const MARGIN = 8;
/** What a box holds of a line of text in this size. */
const CHARS_MAX = 32;

export function Diagram({ contract }: { contract: Contract }) {
  const { contract: words } = useTexts();
  const arrow = useId();
  const diagram = useMemo(() => diagramOf(contract, words.frontend), [contract, words.frontend]);
  if (diagram.boxes.length === 0) return null;
  const pages = contract.files.filter((file) => file.step === "frontend").length;
  const [width, height] = [diagram.width + 2 * MARGIN, diagram.height + 2 * MARGIN];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by the keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={words.diagram}>
      <svg
        role="img"
        aria-label={words.diagramAlt(pages, contract.routes.length, contract.dataModel.length)}
        viewBox={`${-MARGIN} ${-MARGIN} ${width} ${height}`}
        className="mx-auto block"
        style={{ width, minWidth: width * 0.75, maxWidth: "100%" }}
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path d="M 0 0 L 8 4 L 0 8 z" className="fill-slate-400" />
          </marker>
        </defs>
        {diagram.lines.map((line) => (
          <path
            key={`${line.from} ${line.to}`}
            d={line.path}
            markerEnd={`url(#${arrow})`}
            className="fill-none stroke-slate-400"
            strokeWidth="1.5"
          />
        ))}
        {diagram.boxes.map((box) => (
          <DrawnBox key={box.id} box={box} />
        ))}
      </svg>
    </section>
  );
}

function DrawnBox({ box }: { box: Box }) {
  const look = LOOKS[box.kind];
  const { padding, lineHeight } = DIAGRAM_TEXT;
  const x = box.x + padding;
  const first = box.y + padding + lineHeight * 0.75;
  return (
    <g>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="8" className={look.box} />
      <text x={x} y={first} className={`text-[13px] font-semibold ${look.title}`}>
        {cut(box.title)}
      </text>
      {box.lines.map((line, index) => (
        <text
          key={line}
          x={x}
          y={first + lineHeight * (index + 1)}
          className="fill-slate-300 font-mono text-[11px]"
        >
          {cut(line)}
        </text>
      ))}
    </g>
  );
}

const cut = (text: string): string => (text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX - 1)}…` : text);
