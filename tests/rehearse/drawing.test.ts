/** The geometry of drawn plans, over every route that is shipped: what is printed can be read. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import { planSvg } from '../../src/rehearse/plan/as-svg.ts';
import { outlineOf, type Outline } from '../../src/rehearse/plan/outline.ts';
import { straighten } from '../../src/rehearse/plan/straighten.ts';
import { widthOf, wrapped } from '../../src/rehearse/plan/text-width.ts';
import { parseXml } from '../../src/wire/xml.ts';
import { shippedMall } from './support.ts';

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Text extends Rect {
  text: string;
}
interface Box extends Rect {
  name: string;
  texts: Text[];
}
interface Point {
  x: number;
  y: number;
}
interface Drawing {
  sheet: Rect;
  boxes: Box[];
  /** Outside of boxes. */
  texts: Text[];
  ways: { from: string; to: string; points: Point[] }[];
}

/** Of a px: numbers in the drawing are rounded to a tenth. */
const ROUNDED = 0.2;

const number = (tag: string, name: string): number =>
  Number(new RegExp(` ${name}="([\\d.-]+)"`).exec(tag)?.[1] ?? 0);
const words = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

function rectOf(tag: string): Rect {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => number(tag, name));
  return { x: x!, y: y!, width: width!, height: height! };
}

function textsOf(svg: string): Text[] {
  return [...svg.matchAll(/(<text[^>]*>)([^<]*)<\/text>/g)].map(([, tag, content]) => {
    const [text, size] = [words(content!), number(tag!, 'font-size')];
    const width = widthOf(text, { size, bold: tag!.includes('font-weight') });
    const x = number(tag!, 'x') - (tag!.includes('middle') ? width / 2 : 0);
    return { text, x, y: number(tag!, 'y') - size * 0.8, width, height: size };
  });
}

/** The places that a path goes by, its curves as a pen would draw them. */
function pointsOf(path: string): Point[] {
  const points: Point[] = [];
  for (const [, command, rest] of path.matchAll(/([MCV])([^MCV]*)/g)) {
    const given = rest!.trim().split(/[ ,]+/).map(Number);
    const last = points.at(-1) ?? { x: 0, y: 0 };
    if (command === 'M') points.push({ x: given[0]!, y: given[1]! });
    else if (command === 'V') {
      for (let part = 1; part <= 20; part += 1)
        points.push({ x: last.x, y: last.y + ((given[0]! - last.y) * part) / 20 });
    } else {
      for (let part = 1; part <= 40; part += 1) points.push(curveAt(last, given, part / 40));
    }
  }
  return points;
}

function curveAt({ x, y }: Point, [ax, ay, bx, by, cx, cy]: number[], t: number): Point {
  const of = (p: number, a: number, b: number, c: number): number =>
    (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t ** 2 * b + t ** 3 * c;
  return { x: of(x, ax!, bx!, cx!), y: of(y, ay!, by!, cy!) };
}

function drawingOf(svg: string): Drawing {
  const steps = [...svg.matchAll(/<g class="step"><title>(\w+): [^]*?<\/g>/g)];
  const outside = steps.reduce((rest, [step]) => rest.replace(step, ''), svg);
  return {
    sheet: rectOf(/<svg[^>]*>/.exec(svg)![0]),
    boxes: steps.map(([step, name]) => ({
      name: name!,
      ...rectOf(/<rect[^>]*>/.exec(step)![0]),
      texts: textsOf(step),
    })),
    texts: textsOf(outside),
    ways: [...svg.matchAll(/<path class="way" d="([^"]*)"[^>]*><title>(\w+) → (\w+)</g)].map(
      ([, path, from, to]) => ({ from: from!, to: to!, points: pointsOf(path!) }),
    ),
  };
}

const isWithin = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x - ROUNDED &&
  inner.y >= outer.y - ROUNDED &&
  inner.x + inner.width <= outer.x + outer.width + ROUNDED &&
  inner.y + inner.height <= outer.y + outer.height + ROUNDED;
const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width - ROUNDED &&
  b.x < a.x + a.width - ROUNDED &&
  a.y < b.y + b.height - ROUNDED &&
  b.y < a.y + a.height - ROUNDED;

/** Everything that would make a reader stop, in words. */
function faults({ sheet, boxes, texts, ways }: Drawing): string[] {
  const found: string[] = [];
  const all = [...texts, ...boxes.flatMap((box) => box.texts)];
  for (const one of [...boxes, ...all]) {
    const name = 'name' in one ? `box ${one.name}` : `"${one.text}"`;
    if (!isWithin(one, sheet)) found.push(`${name} leaves the sheet`);
  }
  for (const [at, box] of boxes.entries()) {
    for (const other of boxes.slice(at + 1))
      if (overlap(box, other)) found.push(`box ${box.name} lies on ${other.name}`);
    for (const text of box.texts)
      if (!isWithin(text, box)) found.push(`"${text.text}" leaves box ${box.name}`);
    for (const text of texts) if (overlap(text, box)) found.push(`"${text.text}" lies on box ${box.name}`);
  }
  for (const [at, text] of all.entries())
    for (const other of all.slice(at + 1))
      if (overlap(text, other)) found.push(`"${text.text}" lies on "${other.text}"`);
  for (const way of ways) found.push(...wayFaults(way, boxes, sheet));
  const ends = ways.map(({ points }) => JSON.stringify(points.at(-1)));
  if (new Set(ends).size < ends.length) found.push('two ways end at one place');
  return found;
}

function wayFaults({ from, to, points }: Drawing['ways'][number], boxes: Box[], sheet: Rect): string[] {
  const way = `way ${from} → ${to}`;
  const [start, end] = [from, to].map((name) => boxes.find((box) => box.name === name));
  if (!start || !end) return [`${way} leads nowhere`];
  const [first, last] = [points[0]!, points.at(-1)!];
  const beside = ({ x }: Point, box: Rect): boolean => x > box.x + 6 && x < box.x + box.width - 6;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= ROUNDED;
  return [
    ...(beside(first, start) && near(first.y, start.y + start.height)
      ? []
      : [`${way} does not begin at its box`]),
    ...(beside(last, end) && near(last.y, end.y) ? [] : [`${way} does not end at its box`]),
    ...boxes
      .filter((box) => points.some(({ x, y }) => overlap({ x, y, width: 0, height: 0 }, box)))
      .map(({ name }) => `${way} goes through ${name}`),
    ...(points.every(({ x, y }) => isWithin({ x, y, width: 0, height: 0 }, sheet))
      ? []
      : [`${way} leaves the sheet`]),
  ];
}

describe('every shipped route, drawn', () => {
  let mall: Catalogue;
  beforeAll(async () => {
    mall = await shippedMall();
  });

  const outlines = (): Outline[] =>
    [...mall.routes.keys()].map((code) => outlineOf(mall, code, adapters).outline);

  test('no box lies on another, no text leaves its box or lies on another, no way goes through a box or nowhere, all on the sheet', () => {
    expect(outlines().length).toBeGreaterThan(15);
    const found = outlines().flatMap((outline) =>
      faults(drawingOf(planSvg(outline))).map((fault) => `${outline.service}: ${fault}`),
    );
    expect(found).toEqual([]);
  });

  test('is well-formed, and shows every step, every way and every result', async () => {
    for (const outline of outlines()) {
      const svg = planSvg(outline);
      await expect(parseXml(Buffer.from(svg))).resolves.toBeDefined();
      const { boxes, ways, texts } = drawingOf(svg);
      expect(boxes.map(({ name }) => name).toSorted()).toEqual(
        outline.steps.map(({ name }) => name).toSorted(),
      );
      expect(ways.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(
        outline.steps.flatMap(({ name, after }) => after.map((from) => `${from} ${name}`)).toSorted(),
      );
      const said = texts.map(({ text }) => text).join(' ');
      for (const result of outline.result) expect(said).toContain(result);
      expect(said).toContain(`${outline.service} ${outline.version}`);
    }
  });

  test('the judge finds what was wrong: a way led through a box, a box moved onto another, a text too long', () => {
    const svg = planSvg(outlines().find(({ service }) => service === 'OSS.NIB')!);
    const spoilt = (from: RegExp, to: string): string => faults(drawingOf(svg.replace(from, to))).join('; ');
    expect(spoilt(/(<path class="way" d="M[\d.]+,[\d.]+) [^"]*"/, '$1 V2000"')).toMatch(
      /goes through hygiene.*leaves the sheet/,
    );
    expect(spoilt(/<rect x="[\d.]+" (y="[\d.]+" width="240")/, '<rect x="300" $1')).toContain(
      'lies on business',
    );
    expect(spoilt(/>levy</, '>levy that nobody could ever read in a box of this width<')).toContain(
      'leaves box levy',
    );
    expect(spoilt(/ → license</, ' → licence<')).toContain('leads nowhere');
  });
});

describe('a text’s width', () => {
  /** Measured in DejaVu Sans and its bold face at 11 px. */
  test.each([
    ['only when $exists(application.formData.fatherNik)', 277.9, 316.1],
    ['deadline 5 working days, a person is told when it is missed', 325.1, 367.3],
    ['dukcapil.reissueFamilyCard', 150.2, 170.9],
    ['WWMM@@ %%', 87.2, 94.1],
  ])('%s: never less than a wide font needs, and not half as much again', (text, plain, bold) => {
    for (const [isBold, measured] of [
      [false, plain],
      [true, bold],
    ] as const) {
      const width = widthOf(text, { size: 11, bold: isBold });
      expect(width).toBeGreaterThanOrEqual(measured);
      expect(width).toBeLessThan(1.25 * measured);
    }
  });

  test('lines fit and lose nothing; what is too much ends in an ellipsis that fits as well', () => {
    const font = { size: 11 };
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 40, max: 300 }), (text, width) => {
        const lines = wrapped(text, width, font);
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        for (const line of [...lines, ...wrapped(text, width, font, 2)])
          expect(widthOf(line, font)).toBeLessThanOrEqual(width);
      }),
    );
    expect(wrapped('one two three four five', 60, font, 2)).toEqual(['one two', 'three fo…']);
    expect(wrapped('', 60, font)).toEqual(['']);
  });
});

test('places: cells keep their order and their distance whatever they hang on; a chain is straight', () => {
  const rows = fc.array(fc.array(fc.integer({ min: 10, max: 300 }), { minLength: 1, maxLength: 6 }), {
    ...{ minLength: 1, maxLength: 6 },
  });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat({ max: 5 })), (widths, ties) => {
      const cells = widths.map((row, r) =>
        row.map((width, c) => {
          const above = widths[r - 1] ? [`${r - 1}.${ties.next().value! % widths[r - 1]!.length}`] : [];
          return { id: `${r}.${c}`, width, above };
        }),
      );
      const places = straighten(cells);
      for (const row of cells)
        for (const [at, { id, width }] of row.entries()) {
          expect(places.get(id)! - width / 2).toBeGreaterThanOrEqual(-0.001);
          const next = row[at + 1];
          if (next)
            expect(places.get(next.id)! - places.get(id)!).toBeGreaterThanOrEqual(
              (width + next.width) / 2 - 0.001,
            );
        }
    }),
  );
  const chain = ['a', 'b', 'c'].map((id, at, all) => [
    { id, width: 50 + 20 * at, above: all.slice(at - 1, at) },
  ]);
  expect(new Set(straighten(chain).values()).size).toBe(1);
});
