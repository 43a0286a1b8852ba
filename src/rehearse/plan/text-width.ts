/** How wide a text is at most, and how it is broken into lines: a drawing does not know the reader's font, only that few are wider than this. */

/** Widths in ems of DejaVu Sans, the widest of the fonts that browsers and printers take for `sans-serif`. */
const WIDTHS: [em: number, characters: string][] = [
  [0.29, "'ijlI"],
  [0.36, ' ,.’·/:;\\|f-'],
  [0.41, 'J()[]t!r'],
  [0.53, '"*_`–sz“”?'],
  [0.64, 'cLFkvxyPTYaoeESbdghnpqu$0123456789{}'],
  [0.79, 'KAVBRXZCUHNDG&OQ'],
  [0.87, 'w#+<=>^~→×M'],
];
const WIDEST = 1;
const OF = new Map(WIDTHS.flatMap(([em, characters]) => Array.from(characters).map((one) => [one, em])));
const BOLD = 1.2;

export interface Font {
  /** px */
  size: number;
  bold?: boolean;
}

/** px, rather too much than too little. */
export function widthOf(text: string, { size, bold = false }: Font): number {
  const ems = Array.from(text).reduce((sum, one) => sum + (OF.get(one) ?? WIDEST), 0);
  return ems * size * (bold ? BOLD : 1);
}

/** The text in lines that fit: broken at blanks, else behind a mark, else anywhere. What is beyond `most` lines ends in `…`. */
export function wrapped(text: string, width: number, font: Font, most = Infinity): string[] {
  const fits = (line: string): boolean => widthOf(line.trimEnd(), font) <= width;
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text, fits)) {
    if (line !== '' && !fits(line + piece)) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  lines.push(line.trimEnd());
  if (lines.length <= most) return lines;
  let last = lines[most - 1]!;
  while (!fits(`${last}…`)) last = Array.from(last).slice(0, -1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}

function piecesOf(text: string, fits: (piece: string) => boolean): string[] {
  const words = text.match(/\S+\s*/g) ?? [''];
  return words
    .flatMap((word) => (fits(word) ? [word] : (word.match(/[^.,([=/>-]*[.,([=/>-]|[^.,([=/>-]+/g) ?? [word])))
    .flatMap((piece) => (fits(piece) ? [piece] : Array.from(piece)));
}
