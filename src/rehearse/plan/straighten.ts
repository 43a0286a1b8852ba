/** Gives the cells of ordered rows their places: each as near to what it hangs on as its neighbours let it, so that ways run straight. */

export interface Standing {
  id: string;
  width: number;
  /** Cells of the row before. */
  above: string[];
}

/** Down and up: more change nothing that can be seen. */
const SWEEPS = 6;

/** The middle of each cell, from 0 on. */
export function straighten(rows: readonly Standing[][]): Map<string, number> {
  const places = new Map<string, number>();
  for (const row of rows) centred(row).forEach((x, at) => places.set(row[at]!.id, x));
  const below = childrenOf(rows);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const wishes = row.map(({ id, above }) => {
        const ties = (down ? above : (below.get(id) ?? [])).map((other) => places.get(other)!);
        return ties.length > 0 ? ties.reduce((sum, x) => sum + x, 0) / ties.length : places.get(id)!;
      });
      apart(row, wishes).forEach((x, at) => places.set(row[at]!.id, x));
    }
  }
  const least = Math.min(...rows.flat().map(({ id, width }) => places.get(id)! - width / 2));
  return new Map([...places].map(([id, x]) => [id, x - least]));
}

function childrenOf(rows: readonly Standing[][]): Map<string, string[]> {
  const below = new Map<string, string[]>();
  for (const { id, above } of rows.flat())
    for (const parent of above) below.set(parent, [...(below.get(parent) ?? []), id]);
  return below;
}

/** Beside each other, around 0. */
function centred(row: readonly Standing[]): number[] {
  let left = -row.reduce((sum, { width }) => sum + width, 0) / 2;
  return row.map(({ width }) => (left += width) - width / 2);
}

/**
 * The places nearest to the wishes (by least squares) at which no cell overlaps the next: what would overlap is pooled
 * into a block that stands where its cells wish to in the mean.
 */
function apart(row: readonly Standing[], wishes: readonly number[]): number[] {
  const offsets = centred(row);
  const blocks: { mean: number; count: number }[] = [];
  wishes.forEach((wish, at) => {
    let block = { mean: wish - offsets[at]!, count: 1 };
    for (let last = blocks.at(-1); last && last.mean >= block.mean; last = blocks.at(-1)) {
      blocks.pop();
      const count = last.count + block.count;
      block = { mean: (last.mean * last.count + block.mean * block.count) / count, count };
    }
    blocks.push(block);
  });
  const shifts = blocks.flatMap(({ mean, count }) => Array<number>(count).fill(mean));
  return offsets.map((offset, at) => offset + shifts[at]!);
}
