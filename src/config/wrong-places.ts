/** Where a file does not hold to its schema: what the deeper checks find there only repeats it. */
import type { Problem } from '../schema/problems.ts';

export interface WrongPlaces {
  /** Pointers. */
  at: Set<string>;
  /** Whether a pointer is wrong itself, or is in something that is missing or of another type. */
  covers(pointer: string): boolean;
  /** Whether nothing at a pointer, around it or in it is wrong. */
  spares(pointer: string): boolean;
}

export function wrongPlaces(problems: Problem[]): WrongPlaces {
  const at = new Set(problems.map(({ pointer }) => pointer));
  const blank = problems.filter(({ code }) => code === 'schema_type' || code === 'missing_field');
  const covers = (pointer: string): boolean =>
    at.has(pointer) || blank.some((one) => pointer.startsWith(`${one.pointer}/`));
  const spares = (pointer: string): boolean =>
    !covers(pointer) && ![...at].some((one) => one.startsWith(`${pointer}/`));
  return { at, covers, spares };
}
