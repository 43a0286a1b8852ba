/** Counts what came of the demo from the agencies' own books and the API, not from what the bus believes. */
import type { BookEntry } from '../../adapter-kit/simulator.ts';

/** An application as the API shows it, as far as counting is concerned. */
export interface Counted {
  id: string;
  state: string;
  items: { kind: string; step: string }[];
  steps: { operation: string; state: string }[];
}

export interface Tally {
  sent: number;
  /** Ended, or waiting for a person by name. */
  settled: number;
  ended: number;
  items: number;
  /** Unknown to the API, or believed done without an effect at the agency. */
  lost: number;
  /** Effects beyond one for each intent, or that no application's step accounts for. */
  doubled: number;
}

const FINAL = new Set(['completed', 'partiallyCompleted', 'rejected', 'withdrawn', 'cancelled', 'expired']);

/** Which effect at the agency an operation that succeeded must have left, exactly once. */
const EFFECTS: Record<string, string> = {
  reissueFamilyCard: 'familyCard',
  collectPayment: 'payment',
  issueRecordCertificate: 'recordCertificate',
};

export function tally(sent: string[], found: Counted[], books: BookEntry[]): Tally {
  const ended = found.filter(({ state }) => FINAL.has(state)).length;
  const named = found.filter(({ state, items }) => !FINAL.has(state) && items.length > 0).length;
  const known = new Set(found.map(({ id }) => id));
  let lost = sent.filter((id) => !known.has(id)).length;
  let doubled = books.reduce((extra, { times }) => extra + times - 1, 0);
  for (const [operation, effect] of Object.entries(EFFECTS)) {
    const believed = found
      .flatMap(({ steps }) => steps)
      .filter((step) => step.operation === operation && step.state === 'succeeded');
    const done = books.filter((entry) => entry.effect === effect).length;
    lost += Math.max(0, believed.length - done);
    doubled += Math.max(0, done - believed.length);
  }
  return { sent: sent.length, settled: ended + named, ended, items: named, lost, doubled };
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
