/** Ways between steps: they bend only in the gaps between rows, pass a row straight, and leave and reach a box side by side. */
import type { Layout, Way } from './layout.ts';
import { escape, fixed, INK } from './svg-marks.ts';
import { BOX_WIDTH } from './svg-step.ts';

/** Upper and lower edge of a row. */
export interface Row {
  top: number;
  bottom: number;
}

interface Ends {
  start: number;
  end: number;
}

/** Between two ways at one edge of a box, and from its corners. */
const APART = 30;
const CORNER = 34;

/** Where each way leaves and arrives, so that no two do at one place: in the order of where they come from or go to. */
function endsOf({ ways }: Layout): Map<Way, Ends> {
  const ends = new Map(ways.map((way) => [way, { start: way.points[0]!.x, end: way.points.at(-1)!.x }]));
  for (const [side, beside, box] of [
    ['start', 1, (way: Way) => way.from],
    ['end', -2, (way: Way) => way.to],
  ] as const) {
    for (const own of Map.groupBy(ways, box).values()) {
      const sorted = own.toSorted((a, b) => a.points.at(beside)!.x - b.points.at(beside)!.x);
      const apart = Math.min(APART, (BOX_WIDTH - 2 * CORNER) / Math.max(1, own.length - 1));
      sorted.forEach((way, at) => (ends.get(way)![side] += (at - (own.length - 1) / 2) * apart));
    }
  }
  return ends;
}

/** `left` is where the layout's own left edge lies. */
export function drawWays(
  layout: Layout,
  left: number,
  rows: readonly Row[],
  onCondition: ReadonlySet<string>,
): string[] {
  const ends = endsOf(layout);
  return layout.ways.map((way) => drawWay(way, ends.get(way)!, left, rows, onCondition.has(way.to)));
}

function drawWay(
  { from, to, points }: Way,
  { start, end }: Ends,
  left: number,
  rows: readonly Row[],
  isDashed: boolean,
): string {
  const xs = [start, ...points.slice(1, -1).map(({ x }) => x), end].map((x) => left + x);
  const parts = [`M${fixed(xs[0]!)},${fixed(rows[points[0]!.row]!.bottom)}`];
  for (let at = 1; at < points.length; at += 1) {
    const [x, before] = [xs[at]!, xs[at - 1]!];
    const [from_, to_] = [rows[points[at - 1]!.row]!.bottom, rows[points[at]!.row]!.top];
    const half = fixed((from_ + to_) / 2);
    parts.push(`C${fixed(before)},${half} ${fixed(x)},${half} ${fixed(x)},${fixed(to_)}`);
    if (at < points.length - 1) parts.push(`V${fixed(rows[points[at]!.row]!.bottom)}`);
  }
  const dash = isDashed ? ' stroke-dasharray="4 4"' : '';
  return `<path class="way" d="${parts.join(' ')}" fill="none" stroke="${INK}" stroke-width="1.3"${dash} marker-end="url(#arrow)"><title>${escape(`${from} → ${to}`)}</title></path>`;
}
