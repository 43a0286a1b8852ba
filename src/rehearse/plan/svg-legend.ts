/** What the edges of a drawing mean: only those that stand in it. */
import type { OutlineStep } from './outline.ts';
import { escape, fixed, INK, MUTED } from './svg-marks.ts';
import { edgeOf } from './svg-step.ts';
import { widthOf } from './text-width.ts';

const SIZE = 11;
const SAMPLE = { width: 26, height: 14, gap: 8 };
const BETWEEN = 26;
export const LEGEND_LINE = 22;

interface Sign {
  says: string;
  draw(x: number, y: number): string;
}

export interface Legend {
  height: number;
  draw(left: number, top: number): string[];
}

export function legendOf(steps: readonly OutlineStep[], width: number): Legend {
  const places: { sign: Sign; x: number; line: number }[] = [];
  let [x, line] = [0, 0];
  for (const sign of signsOf(steps)) {
    const own = SAMPLE.width + SAMPLE.gap + widthOf(sign.says, { size: SIZE });
    if (x > 0 && x + own > width) [x, line] = [0, line + 1];
    places.push({ sign, x, line });
    x += own + BETWEEN;
  }
  return {
    height: places.length > 0 ? (line + 1) * LEGEND_LINE : 0,
    draw: (left, top) =>
      places.map(({ sign, x: at, line: row }) => {
        const y = top + row * LEGEND_LINE;
        const words = `<text x="${fixed(left + at + SAMPLE.width + SAMPLE.gap)}" y="${fixed(y + 11)}" font-size="${SIZE}" fill="${MUTED}">${escape(sign.says)}</text>`;
        return sign.draw(left + at, y) + words;
      }),
  };
}

function signsOf(steps: readonly OutlineStep[]): Sign[] {
  const plain = { pivot: false, task: null, need: 'mandatory' } as const;
  const person = steps.find(({ task }) => task !== null)?.task ?? null;
  return [
    ...(steps.some(({ pivot }) => pivot)
      ? [edge('from here there is no way back (pivot)', { ...plain, pivot: true })]
      : []),
    ...(person ? [edge('a person decides', { ...plain, task: person })] : []),
    ...(steps.some(({ need }) => need === 'bestEffort')
      ? [edge('best effort: it may fail', { ...plain, need: 'bestEffort' })]
      : []),
    ...(steps.some(({ when }) => when !== null) ? [CONDITION] : []),
  ];
}

const edge = (says: string, of: Parameters<typeof edgeOf>[0]): Sign => ({
  says,
  draw: (x, y) =>
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${SAMPLE.width}" height="${SAMPLE.height}" rx="3" ${edgeOf(of)}/>`,
});

const CONDITION: Sign = {
  says: 'only on a condition',
  draw: (x, y) =>
    `<path d="M${fixed(x)},${fixed(y + 7)} H${fixed(x + SAMPLE.width)}" fill="none" stroke="${INK}" stroke-width="1.3" stroke-dasharray="4 4" marker-end="url(#arrow)"/>`,
};
