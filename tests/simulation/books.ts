/** What an agency's books hold, and what it says of an entry. */
import type { Outcome } from '../../src/domain/outcome.ts';

/** What an agency has taken under one key. */
export interface Entry {
  key: string;
  operation: string;
  app: string;
  /** How often it was done; a second time is what must never be. */
  effects: number;
  undone: number;
  state: 'pending' | 'done' | 'refused';
  reference: string;
  /** A bill's last moment, ms since the epoch. */
  until: number | null;
  /** It said no although it did. */
  lied: boolean;
  /** It said no, or sent it back, and says so again under the same key. */
  no: Outcome | null;
}

export interface Teller {
  id: string;
  /** References given so far. */
  references: number;
}

/** Of some something is still short, as a judge may find. */
export const okOf = ({ key }: { key: string }): Outcome => ({
  is: 'ok',
  output: { done: key, short: Number(key.at(-1)) < 4 ? 1 : 0 },
});
