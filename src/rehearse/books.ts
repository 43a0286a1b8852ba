/** What agencies' own books hold against what the bus believes: effects that were lost, and effects done twice. */
import type { BookEntry, Leaves } from '../adapter-kit/simulator.ts';

/** A step as far as counting is concerned. */
export interface CountedStep {
  agency: string;
  operation: string;
  state: string;
  /** By the law's word its agency did nothing: nothing stands in its book. */
  code?: string | null;
  /** The round's intent, by which the agency's book knows it. */
  key: string;
  /** Of every round: a `tryKey` is its round's key and four digits more. */
  history: { tryKey: string }[];
}

/** One agency's own book, and which of its effects each operation must have left. */
export interface Book {
  agency: string;
  leaves: Leaves;
  entries: BookEntry[];
}

export interface Counts {
  /** Steps believed done whose effect the agency's book does not hold. */
  lost: number;
  /** Effects beyond one for each intent, and those of an intent that no application has. */
  doubled: number;
}

/** Joins one agency's book with its steps by effect and key: sums alone would let a loss and a doubling cancel out. */
export function compareBook({ agency, leaves, entries }: Book, steps: CountedStep[]): Counts {
  const name = (effect: string, key: string): string => `${effect} ${key}`;
  const held = new Set(entries.map(({ effect, key }) => name(effect, key)));
  const believed = new Set<string>();
  /** Whatever became of it (undone, refused, an old round): an application has this intent. */
  const meant = new Set<string>();
  for (const { operation, state, code, key, history } of steps.filter((step) => step.agency === agency)) {
    const effect = leaves[operation];
    if (effect === undefined) continue;
    if (state === 'succeeded' && code !== 'DEEMED_APPROVED') believed.add(name(effect, key));
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

export function compareBooks(books: Book[], steps: CountedStep[]): Counts {
  const counts = books.map((book) => compareBook(book, steps));
  const sum = (of: keyof Counts): number => counts.reduce((total, one) => total + one[of], 0);
  return { lost: sum('lost'), doubled: sum('doubled') };
}
