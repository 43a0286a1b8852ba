/** Places the steps of a plan: one row a layer, neighbours near each other, long ways led around what stands between. */
import type { OutlineStep } from './outline.ts';
import { straighten } from './straighten.ts';

export interface Placed {
  name: string;
  /** Middle. */
  x: number;
  /** Row, from 0. */
  row: number;
}

/** One way from a step to the next, through every row between. */
export interface Way {
  from: string;
  to: string;
  points: { x: number; row: number }[];
}

export interface Layout {
  places: Placed[];
  ways: Way[];
  width: number;
  rows: number;
}

export interface Sizes {
  /** Of a step's box, with the gap beside it. */
  box: number;
  /** Of a way that passes a row. */
  lane: number;
}

interface Cell {
  /** A step's name, or `from>to` of a way that passes. */
  id: string;
  step: string | null;
  row: number;
  /** Cells of the row before that it hangs on. */
  above: string[];
}

/** Sweeps down and up over the rows: more change nothing that can be seen. */
const SWEEPS = 4;

export function layOut(steps: Pick<OutlineStep, 'name' | 'after' | 'layer'>[], sizes: Sizes): Layout {
  const rows = cellsOf(steps);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) arrange(row, rows, sweep % 2 === 0);
  }
  const middles = straighten(
    rows.map((row) => row.map((cell) => ({ ...cell, width: widthOf(cell, sizes) }))),
  );
  const at = new Map(rows.flat().map(({ id, row }) => [id, { x: middles.get(id)!, row }]));
  const width = Math.max(...rows.flat().map((cell) => middles.get(cell.id)! + widthOf(cell, sizes) / 2));
  return {
    width,
    rows: rows.length,
    places: steps.map(({ name }) => ({ name, ...at.get(name)! })),
    ways: steps.flatMap(({ name, after, layer }) => after.map((from) => wayOf(from, name, layer, steps, at))),
  };
}

const passing = (from: string, to: string, row: number): string => `${from}>${to}@${row}`;
const widthOf = ({ step }: Cell, { box, lane }: Sizes): number => (step === null ? lane : box);

function cellsOf(steps: Pick<OutlineStep, 'name' | 'after' | 'layer'>[]): Cell[][] {
  const layerOf = new Map(steps.map(({ name, layer }) => [name, layer]));
  const rows: Cell[][] = [];
  for (const { layer } of steps) while (rows.length <= layer) rows.push([]);
  for (const { name, after, layer } of steps) {
    const cell: Cell = { id: name, step: name, row: layer, above: [] };
    rows[layer]!.push(cell);
    for (const from of after) {
      let last = from;
      for (let row = layerOf.get(from)! + 1; row < layer; row += 1) {
        const id = passing(from, name, row);
        rows[row]!.push({ id, step: null, row, above: [last] });
        last = id;
      }
      cell.above.push(last);
    }
  }
  return rows;
}

/** Each cell to the middle of those it hangs on. */
function arrange(row: Cell[], rows: Cell[][], down: boolean): void {
  const number = row[0]?.row ?? 0;
  const beside = rows[number + (down ? -1 : 1)];
  if (!beside) return;
  const place = new Map(beside.map(({ id }, at) => [id, at / beside.length]));
  const wish = new Map(
    row.map((cell, at) => {
      const ties = down
        ? cell.above
        : beside.filter(({ above }) => above.includes(cell.id)).map(({ id }) => id);
      const places = ties.map((id) => place.get(id) ?? 0.5);
      const middle = places.reduce((sum, one) => sum + one, 0) / places.length;
      return [cell.id, places.length > 0 ? middle : at / row.length];
    }),
  );
  const sorted = row.toSorted((a, b) => wish.get(a.id)! - wish.get(b.id)!);
  row.splice(0, row.length, ...sorted);
}

function wayOf(
  from: string,
  to: string,
  layer: number,
  steps: Pick<OutlineStep, 'name' | 'layer'>[],
  at: Map<string, { x: number; row: number }>,
): Way {
  const first = steps.find(({ name }) => name === from)!.layer;
  const between = Array.from({ length: layer - first - 1 }, (_, n) =>
    at.get(passing(from, to, first + 1 + n))!,
  );
  return { from, to, points: [at.get(from)!, ...between, at.get(to)!] };
}
