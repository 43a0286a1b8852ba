/** What every part of a drawing is made of: texts, numbers, ink. */
import type { Font } from './text-width.ts';

/** On a white sheet: each has 4.5 : 1 or more, and shape says the same without colour. */
export const INK = '#1f2328';
export const MUTED = '#57606a';
export const PIVOT = '#b35900';
export const PERSON = '#0550ae';

/** Of a line of text, as a part of its size. */
export const LEADING = 1.36;

export interface Line extends Font {
  text: string;
  fill?: string;
}

export const heightOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, { size }) => sum + size * LEADING, 0);

/** Lines below each other, from a top edge on. */
export function textBlock(lines: readonly Line[], x: number, top: number, anchor?: 'middle'): string[] {
  let y = top;
  return lines.map(({ text, size, bold, fill }) => {
    y += size * LEADING;
    const more = [
      ...(anchor ? [`text-anchor="${anchor}"`] : []),
      `font-size="${size}"`,
      ...(bold ? ['font-weight="600"'] : []),
      ...(fill === undefined ? [] : [`fill="${fill}"`]),
    ];
    // Of a line's height what stands below its letters' feet.
    return `<text x="${fixed(x)}" y="${fixed(y - size * 0.36)}" ${more.join(' ')}>${escape(text)}</text>`;
  });
}

export const fixed = (value: number): string => String(Math.round(value * 10) / 10);

export function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
