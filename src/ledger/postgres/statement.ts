/** Puts one statement together from parts, so that a verb is one round trip and one commit. */
import type { Bound } from './database.ts';

export interface Statement {
  /** Adds `name AS (text)`; its values stand where its `?` are. */
  part(name: string, text: string, values: readonly Bound[]): void;
  /** The whole: what the parts found or wrote is selected at the end. */
  whole(select: string, values?: readonly Bound[]): [text: string, values: Bound[]];
}

/** All parts see the rows as they were before any of them; each is run, whether it is read or not. */
export function statement(): Statement {
  const parts: string[] = [];
  const all: Bound[] = [];
  return {
    part(name, text, values) {
      parts.push(`${name} AS (${text})`);
      for (const value of values) all.push(value);
    },
    whole: (select, values = []) => [
      parts.length > 0 ? `WITH ${parts.join(',\n')}\n${select}` : select,
      [...all, ...values],
    ],
  };
}

/** `(?, ?), (?, ?)`: so many rows of places. */
export const rowsOf = (count: number, marks: string): string => Array(count).fill(`(${marks})`).join(', ');
