/** The table of a run: one line a row, numbers to the right. */
import { isWell } from './play.ts';
import type { NotHere, Result } from './row.ts';

const HEAD = [
  'row',
  'edition',
  'fault',
  'applications',
  'injected',
  'survived',
  'lost',
  'doubled',
  'items',
  'settled s',
  's',
  '',
];
const TEXTS = 3;

export function tableOf(results: Result[], notHere: NotHere[]): string {
  const lines = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const drawn = lines.map((line) =>
    line
      .map((cell, at) => (at < TEXTS ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  const notes = results.flatMap(({ id, edition, notes: all }) =>
    all.map((note) => `${id} ${edition}: ${note}`),
  );
  const absent = notHere.map(({ id, fault, why }) => `not here  ${id} ${fault}: ${why}`);
  return ['', ...drawn, '', ...notes, ...absent].join('\n');
}

const cells = (one: Result): string[] => [
  ...[one.id, one.edition, one.fault],
  ...[
    one.applications,
    one.injected,
    one.survived,
    one.lost,
    one.doubled,
    one.items,
    one.settled,
    one.seconds,
  ].map(String),
  isWell(one) ? 'well' : 'NOT WELL',
];
