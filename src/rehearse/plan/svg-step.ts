/** A step as a box: its name, what it does, what it calls, and what holds for it, all of it within its edges. */
import type { OutlineStep } from './outline.ts';
import { escape, fixed, heightOf, INK, MUTED, PERSON, PIVOT, textBlock, type Line } from './svg-marks.ts';
import { againText, rebillText, refusalTexts, undoText } from './texts.ts';
import { wrapped } from './text-width.ts';

export const BOX_WIDTH = 240;
const PADDING = { x: 12, y: 9 };
const INNER = BOX_WIDTH - 2 * PADDING.x;

/** Of one fact, a condition for one: the rest of it stands in the text form. */
const MOST_LINES = 8;

export function linesOf(step: OutlineStep): Line[] {
  const name = { size: 14, bold: true };
  const title = { size: 11.5 };
  const fact = { size: 11, fill: MUTED };
  const lines = (text: string, font: Omit<Line, 'text'>, most = MOST_LINES): Line[] =>
    wrapped(text, INNER, font, most).map((one) => ({ ...font, text: one }));
  return [
    ...lines(step.name, name, 2),
    ...lines(step.task?.title.en ?? step.title.en, title, 3),
    ...lines(step.call, fact, 2),
    ...factsOf(step).flatMap((text) => lines(text, fact)),
  ];
}

export const boxHeightOf = (lines: readonly Line[]): number => heightOf(lines) + 2 * PADDING.y;

function factsOf(step: OutlineStep): string[] {
  const { when, at, waits, rebill, task, again, need, insist } = step;
  return [
    ...(task ? [`decided by ${task.role}${task.fourEyes ? ', two people' : ''}`] : []),
    ...(task && !step.pivot ? [] : [undoText(step)]),
    ...(when === null ? [] : [`only when ${when}`]),
    ...(at === null ? [] : [`at the agency of ${at}`]),
    ...(waits === null ? [] : [`waits ${waits} at the longest`]),
    ...(rebill > 0 ? [rebillText(rebill)] : []),
    ...(again ? [againText(again)] : []),
    ...refusalTexts(step),
    ...(insist ? ['tried on until it is done'] : []),
    ...(need === 'bestEffort' ? ['best effort'] : []),
  ];
}

/** Thick: the pivot. Dotted: a person decides. Dashed: best effort. */
export function edgeOf({ pivot, task, need }: Pick<OutlineStep, 'pivot' | 'task' | 'need'>): string {
  const stroke = pivot ? PIVOT : task ? PERSON : INK;
  const dash = need === 'bestEffort' ? ' stroke-dasharray="9 4"' : task ? ' stroke-dasharray="2 3"' : '';
  return `fill="#fff" stroke="${stroke}" stroke-width="${pivot ? 3.5 : 1.5}"${dash}`;
}

export interface Box {
  step: OutlineStep;
  lines: Line[];
  /** Left edge. */
  x: number;
  y: number;
  height: number;
}

export function drawBox({ step, lines, x, y, height }: Box): string {
  const tip = `${step.name}: ${step.call}${step.when === null ? '' : `, only when ${step.when}`}`;
  return [
    `<g class="step"><title>${escape(tip)}</title>`,
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${BOX_WIDTH}" height="${fixed(height)}" rx="6" ${edgeOf(step)}/>`,
    ...textBlock(lines, x + BOX_WIDTH / 2, y + PADDING.y, 'middle'),
    '</g>',
  ].join('\n');
}
