/** Counts what came of the demo from the agencies' own books and the API, not from what the bus believes. */
import type { BookEntry, Leaves } from '../../adapter-kit/simulator.ts';

/** An application as the API shows it, as far as counting is concerned. */
export interface Counted {
  id: string;
  state: string;
  items: { kind: string; step: string }[];
  steps: {
    agency: string;
    operation: string;
    state: string;
    /** The round's intent, by which the agency's book knows it. */
    key: string;
    /** Of every round: a `tryKey` is its round's key and four digits more. */
    history: { tryKey: string }[];
  }[];
}

/** One agency's own book, and which of its effects each operation must have left. */
export interface Book {
  agency: string;
  leaves: Leaves;
  entries: BookEntry[];
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
  const steps = found.flatMap((application) => application.steps);
  const counts = books.map((book) => {
    return compare(
      book,
      steps.filter(({ agency }) => agency === book.agency),
    );
  });
  const unknown = sent.filter((id) => !known.has(id)).length;
  const lost = counts.reduce((sum, one) => sum + one.lost, unknown);
  const doubled = counts.reduce((sum, one) => sum + one.doubled, 0);
  return { sent: sent.length, settled: ended + named, ended, items: named, lost, doubled };
}

/** Joins one agency's book with its steps by effect and key: sums alone would let a loss and a doubling cancel out. */
function compare({ leaves, entries }: Book, steps: Counted['steps']): { lost: number; doubled: number } {
  const name = (effect: string, key: string): string => `${effect} ${key}`;
  const held = new Set(entries.map(({ effect, key }) => name(effect, key)));
  const believed = new Set<string>();
  /** Whatever became of it (undone, refused, an old round): an application has this intent. */
  const meant = new Set<string>();
  for (const { operation, state, key, history } of steps) {
    const effect = leaves[operation];
    if (effect === undefined) continue;
    if (state === 'succeeded') believed.add(name(effect, key));
    for (const round of [key, ...history.map(({ tryKey }) => tryKey.slice(0, -4))])
      meant.add(name(effect, round));
  }
  const left = new Set(Object.values(leaves));
  const extra = ({ effect, key, times }: BookEntry): number =>
    left.has(effect) && !meant.has(name(effect, key)) ? times : times - 1;
  return {
    lost: [...believed].filter((one) => !held.has(one)).length,
    doubled: entries.reduce((sum, entry) => sum + extra(entry), 0),
  };
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
