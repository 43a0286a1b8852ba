/** A plan as a drawing: boxes in rows, ways between them; readable on light and on dark ground, without colour too. */
import { layOut, type Way } from './layout.ts';
import type { Outline, OutlineStep } from './outline.ts';
import { termText, undoText } from './texts.ts';

const BOX = { width: 220, height: 92, gapX: 28, gapY: 46 };
const LANE = 26;
const MARGIN = 24;
const HEAD = 84;
/** About how wide a character is at 11 px: a sheet is at least as wide as its longest line. */
const CHARACTER = 6;
/** A grey and two hues of middle lightness: at least 3 : 1 against white and against near-black. */
const INK = '#7d8590';
const PIVOT = '#d9702b';
const PERSON = '#2f81f7';
/** Characters that fit into a box at 11 px. */
const MOST_CHARACTERS = 34;

export function planSvg(outline: Outline): string {
  const { steps, service, version, title } = outline;
  const { places, ways, width: inner, rows } = layOut(steps, { box: BOX.width + BOX.gapX, lane: LANE });
  const name = `${service} ${version}`;
  const head = [`${title.id} / ${title.en}`, termText(outline)];
  const width = Math.max(inner, ...head.map(({ length }) => length * CHARACTER)) + 2 * MARGIN;
  const left = (width - inner) / 2;
  const height = HEAD + rows * (BOX.height + BOX.gapY) + MARGIN;
  const top = (row: number): number => HEAD + row * (BOX.height + BOX.gapY);
  const boxes = places.map(({ name, x, row }) => {
    return drawStep(
      steps.find((one) => one.name === name)!,
      left + x - BOX.width / 2,
      top(row),
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(name)}" font-family="system-ui, sans-serif" font-size="11" fill="${INK}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="${INK}"/></marker></defs>
${text(MARGIN, 26, name, 'font-size="15" font-weight="600"')}
${head.map((line, at) => text(MARGIN, 46 + at * 17, line)).join('\n')}
${ways.map((way) => drawWay(way, left, top, steps)).join('\n')}
${boxes.join('\n')}
</svg>
`;
}

function drawStep(step: OutlineStep, x: number, y: number): string {
  const { name, call, need, pivot, task } = step;
  const stroke = pivot ? PIVOT : task ? PERSON : INK;
  const dash = need === 'bestEffort' ? ' stroke-dasharray="8 4"' : task ? ' stroke-dasharray="2 3"' : '';
  const middle = x + BOX.width / 2;
  const lines = linesOf(step).map((line, at) =>
    text(middle, y + 54 + at * 15, cut(line), 'text-anchor="middle"'),
  );
  return [
    `<g><title>${escape(`${name}: ${call}`)}</title>`,
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="none" stroke="${stroke}" stroke-width="${pivot ? 3.5 : 1.5}"${dash}/>`,
    text(middle, y + 21, name, 'text-anchor="middle" font-size="13" font-weight="600"'),
    text(middle, y + 37, cut(call), 'text-anchor="middle"'),
    ...lines,
    '</g>',
  ].join('\n');
}

/** What fits below name and call. */
function linesOf(step: OutlineStep): string[] {
  const { when, waits, task, again, need, insist } = step;
  const word = task ? `by ${task.role}${task.fourEyes ? ', two people' : ''}` : undoText(step);
  const best = need === 'bestEffort' ? ['best effort'] : [];
  const more = [
    ...(when === null ? [] : [`only when ${when}`]),
    ...(waits === null ? [] : [`waits ${waits}`]),
    ...(again ? [`again with ${again.steps.join(', ')}`] : []),
    ...(insist ? ['tried until it is done'] : []),
    ...best,
  ];
  return [word, ...more].slice(0, 3);
}

function drawWay(
  { from, to, points }: Way,
  left: number,
  top: (row: number) => number,
  steps: OutlineStep[],
): string {
  const ends = points.map(({ x, row }, at) => {
    const y =
      at === 0 ? top(row) + BOX.height : at === points.length - 1 ? top(row) : top(row) + BOX.height / 2;
    return { x: left + x, y };
  });
  const [first, ...rest] = ends as [{ x: number; y: number }, ...{ x: number; y: number }[]];
  let last = first;
  const curves = rest.map((next) => {
    const half = (last.y + next.y) / 2;
    const curve = `C${fixed(last.x)},${fixed(half)} ${fixed(next.x)},${fixed(half)} ${fixed(next.x)},${fixed(next.y)}`;
    last = next;
    return curve;
  });
  const isSure = steps.find(({ name }) => name === to)?.when === null;
  const dash = isSure ? '' : ' stroke-dasharray="4 4"';
  return `<path d="M${fixed(first.x)},${fixed(first.y)} ${curves.join(' ')}" fill="none" stroke="${INK}" stroke-width="1.5"${dash} marker-end="url(#arrow)"><title>${escape(`${from} → ${to}`)}</title></path>`;
}

function cut(line: string): string {
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}

function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}"${more && ` ${more}`}>${escape(content)}</text>`;
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10);

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
