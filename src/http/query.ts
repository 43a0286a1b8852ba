/** Query strings: each name known and given once, each value in its form. What is personal never stands in a URL. */
import type { Context } from 'hono';
import { HttpProblem } from './problem.ts';

/** Forms that several lists share. */
export const LIMIT = /^\d{1,3}$/;
/** Ids (UUID), as cursors give them. */
export const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An unknown name is refused: a filter that is silently dropped shows more than was asked for. */
export function queryOf<Name extends string>(
  c: Context,
  forms: Record<Name, RegExp>,
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (!Object.hasOwn(forms, name)) refuse(`Known here: ${Object.keys(forms).join(', ')}`);
    const known = name as Name;
    if (found[known] !== undefined) refuse(`${known} may stand once`);
    if (!forms[known].test(value)) refuse(`${known} is not written as it must be`);
    found[known] = value;
  }
  return found;
}

/** Rows of a page. */
export function limitOf(text: string | undefined, otherwise: number, most: number): number {
  const value = Number(text ?? otherwise);
  if (value < 1 || value > most) refuse(`limit is a whole number from 1 to ${most}`);
  return value;
}

/** A page, and the cursor of the next when there may be one. */
export function pageOf<Row extends { id: string }>(
  rows: Row[],
  most: number,
): { rows: Row[]; nextCursor: string | null } {
  return { rows, nextCursor: rows.length === most ? rows.at(-1)!.id : null };
}

function refuse(detail: string): never {
  throw new HttpProblem(400, 'query_invalid', detail);
}
