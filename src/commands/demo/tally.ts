/** Counts what came of the demo from the agencies' own books and the API, not from what the bus believes. */
import { compareBooks, type Book, type CountedStep } from '../../rehearse/books.ts';

export type { Book } from '../../rehearse/books.ts';

/** An application as the API shows it, as far as counting is concerned. */
export interface Counted {
  id: string;
  state: string;
  items: { kind: string; step: string }[];
  steps: CountedStep[];
}

export interface Tally {
  sent: number;
  /** Ended, or waiting for a person by name. */
  settled: number;
  ended: number;
  items: number;
  /** Applications unknown to the API, and steps believed done whose effect the agency's book does not hold. */
  lost: number;
  /** Effects beyond one for each intent, and those of an intent that no application has. */
  doubled: number;
}

const FINAL = new Set(['completed', 'partiallyCompleted', 'rejected', 'withdrawn', 'cancelled', 'expired']);

export function tally(sent: string[], found: Counted[], books: Book[]): Tally {
  const ended = found.filter(({ state }) => FINAL.has(state)).length;
  const named = found.filter(({ state, items }) => !FINAL.has(state) && items.length > 0).length;
  const known = new Set(found.map(({ id }) => id));
  const unknown = sent.filter((id) => !known.has(id)).length;
  const { lost, doubled } = compareBooks(
    books,
    found.flatMap(({ steps }) => steps),
  );
  return { sent: sent.length, settled: ended + named, ended, items: named, lost: lost + unknown, doubled };
}

export function isWell({ sent, settled, lost, doubled }: Tally): boolean {
  return settled === sent && lost === 0 && doubled === 0;
}

export function closingLines(counts: Tally, seconds: number): string[] {
  const { sent, settled, ended, items, lost, doubled } = counts;
  return [
    `settled: ${ended} in a final state, ${items} as a named item for a person`,
    `demo: ${sent} applications, ${settled} settled, ${lost} lost, ${doubled} doubled, ${seconds} s`,
  ];
}
