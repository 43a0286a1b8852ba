/** What was rung lately: a sweep brings the same thousands every few seconds, and each costs Redis a script. */
import { MOST_BELLS } from '../domain/lane.ts';

export interface Recent {
  has(name: string): boolean;
  add(name: string): void;
  /** It was answered here: rung again, it is news. */
  forget(name: string): void;
  size(): number;
  clear(): void;
  /** What was added before the last turn is forgotten. */
  turn(): void;
}

export function recentBells(): Recent {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has: (name) => young.has(name) || old.has(name),
    add(name) {
      if (young.size < 2 * MOST_BELLS) young.add(name);
    },
    forget(name) {
      young.delete(name);
      old.delete(name);
    },
    size: () => young.size + old.size,
    clear() {
      young.clear();
      old.clear();
    },
    turn() {
      old = young;
      young = new Set();
    },
  };
}
