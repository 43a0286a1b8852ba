/** A plan as a drawing to be printed: boxes in rows, ways between them, dark on a white sheet, readable without colour too. */
import { layOut } from './layout.ts';
import type { Outline, OutlineStep } from './outline.ts';
import { legendOf } from './svg-legend.ts';
import { escape, fixed, heightOf, INK, MUTED, textBlock, type Line } from './svg-marks.ts';
import { BOX_WIDTH, boxHeightOf, drawBox, linesOf } from './svg-step.ts';
import { drawWays, type Row } from './svg-way.ts';
import { feesText, resultText, termText } from './texts.ts';
import { wrapped } from './text-width.ts';

const GAP = { x: 28, y: 54 };
/** Of a way that passes a row. */
const LANE = 28;
const MARGIN = 28;
/** Between head, drawing and foot. */
const SPACE = 18;
/** A sheet is no narrower, however few its steps: its head is to be read. */
const LEAST_WIDTH = 620;

export function planSvg(outline: Outline): string {
  const { steps, service, version } = outline;
  const layout = layOut(steps, { box: BOX_WIDTH + GAP.x, lane: LANE });
  const inner = Math.max(layout.width, LEAST_WIDTH);
  const left = MARGIN + (inner - layout.width) / 2;
  const head = headOf(outline, inner);
  const lines = new Map(steps.map((step) => [step, linesOf(step)]));
  const rows = rowsOf(lines, layout.rows, MARGIN + heightOf(head) + SPACE);
  const boxes = layout.places.map(({ name, x, row }) => {
    const step = steps.find((one) => one.name === name)!;
    const { top, bottom } = rows[row]!;
    const at = { x: left + x - BOX_WIDTH / 2, y: top, height: bottom - top };
    return drawBox({ step, lines: lines.get(step)!, ...at });
  });
  const below = rows.at(-1)!.bottom + SPACE;
  const foot = plain([resultText(outline)], inner);
  const legend = legendOf(steps, inner);
  const height = below + heightOf(foot) + SPACE / 2 + legend.height + MARGIN;
  const onCondition = new Set(steps.filter(({ when }) => when !== null).map(({ name }) => name));
  return sheet(`${service} ${version}`, inner + 2 * MARGIN, height, [
    ...textBlock(head, MARGIN, MARGIN),
    ...drawWays(layout, left, rows, onCondition),
    ...boxes,
    ...textBlock(foot, MARGIN, below),
    ...legend.draw(MARGIN, below + heightOf(foot) + SPACE / 2),
  ]);
}

function headOf(outline: Outline, width: number): Line[] {
  const { service, version, title, decidedBy } = outline;
  const bold = (text: string, size: number): Line[] =>
    wrapped(text, width, { size, bold: true }).map((one) => ({ text: one, size, bold: true }));
  return [
    ...bold(`${title.id} / ${title.en}`, 17),
    ...bold(`${service} ${version}`, 12),
    ...plain([`decided by ${decidedBy}; ${termText(outline)}`, feesText(outline)], width),
  ];
}

const plain = (texts: string[], width: number): Line[] =>
  texts
    .flatMap((text) => wrapped(text, width, { size: 12 }))
    .map((text) => ({ text, size: 12, fill: MUTED }));

/** Boxes of a row are all as high as the fullest. */
function rowsOf(lines: ReadonlyMap<OutlineStep, Line[]>, count: number, top: number): Row[] {
  const rows: Row[] = [];
  for (let row = 0; row < count; row += 1) {
    const own = [...lines].filter(([{ layer }]) => layer === row);
    const from = rows.at(-1) ? rows.at(-1)!.bottom + GAP.y : top;
    rows.push({ top: from, bottom: from + Math.max(...own.map(([, text]) => boxHeightOf(text))) });
  }
  return rows;
}

function sheet(name: string, width: number, height: number, parts: string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-label="${escape(name)}" font-family="system-ui, sans-serif" fill="${INK}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0.5 L8,4 L0,7.5 z" fill="${INK}"/></marker></defs>
<rect width="${fixed(w)}" height="${fixed(h)}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}
