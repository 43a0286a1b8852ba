/** Shares a lane among platforms by their weights: nobody's burst pushes another's work back by more than its share. */
import type { Line } from './lane.ts';

/** What waits under one name, in its own order; it may be read bit by bit. */
export interface Waiting<T> extends Line {
  rows: Iterable<T>;
}

/** Takes up to `most`: platforms by their weights (1 when none is given), the services of one platform alike. */
export function shareLane<T>(
  lines: Iterable<Waiting<T>>,
  weights: ReadonlyMap<string, number>,
  most: number,
): T[] {
  const platforms = new Map<string, Map<string, Iterable<T>>>();
  for (const { platform, service, rows } of lines) {
    const services = platforms.get(platform) ?? new Map<string, Iterable<T>>();
    platforms.set(platform, services.set(service, rows));
  }
  const merged = new Map([...platforms].map(([platform, services]) => [platform, merge(services)]));
  return fairShare(merged, weights, most);
}

/**
 * Takes up to `most` from several lines, each in its own order. While all have something, a line of weight 2 is
 * served twice as often as one of weight 1; a line that is empty leaves its share to the others.
 */
export function fairShare<T>(
  lines: ReadonlyMap<string, Iterable<T>>,
  weights: ReadonlyMap<string, number>,
  most: number,
): T[] {
  return take(merge(lines, weights), most);
}

/** What one of these lines may have of the whole, from 0 to 1: its platform's part, among the services it comes with. */
export function partOf(line: Line, lines: Iterable<Line>, weights: ReadonlyMap<string, number>): number {
  const services = new Map<string, number>();
  for (const { platform } of lines) services.set(platform, (services.get(platform) ?? 0) + 1);
  let whole = 0;
  for (const platform of services.keys()) whole += weights.get(platform) ?? 1;
  return (weights.get(line.platform) ?? 1) / whole / (services.get(line.platform) ?? 1);
}

/** The first few; no more is read than is taken. */
export function take<T>(rows: Iterable<T>, most: number): T[] {
  const taken: T[] = [];
  if (most <= 0) return taken;
  for (const row of rows) {
    taken.push(row);
    if (taken.length === most) break;
  }
  return taken;
}

function* merge<T>(
  lines: ReadonlyMap<string, Iterable<T>>,
  weights?: ReadonlyMap<string, number>,
): Generator<T, void> {
  const open = [...lines].map(([name, line]) => {
    const rows = line[Symbol.iterator]();
    return { rows, head: rows.next(), served: 0, weight: weights?.get(name) ?? 1 };
  });
  for (;;) {
    let next: (typeof open)[number] | null = null;
    for (const one of open) {
      if (one.head.done) continue;
      if (!next || (one.served + 1) / one.weight < (next.served + 1) / next.weight) next = one;
    }
    if (!next) return;
    yield next.head.value as T;
    next.served += 1;
    next.head = next.rows.next();
  }
}
