/** Items: what a person is needed for, opened and closed by the statement of the change that they belong to. */
import type { NewItem } from '../../domain/application.ts';
import type { Change } from '../../flow/ports/ledger.ts';
import type { Statement } from './statement.ts';

/** Numbered within their application. What its items' ids lie between: `/` follows `.`. */
const OPEN = `INSERT INTO items (id, application_id, step, kind, code, opened_at, role, due_at)
  SELECT one.id || '.' || lpad(n::text, greatest(4, length(n::text)), '0'), one.id, step, kind, code, at, role, due_at
  FROM (SELECT ?::text AS id, ?::text AS at) AS one,
    unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[]) WITH ORDINALITY AS new (step, kind, code, role, due_at, nth),
    LATERAL (SELECT nth + (SELECT count(*) FROM items WHERE items.id > one.id || '.' AND items.id < one.id || '/') AS n) AS numbers`;

export function openItems(into: Statement, applicationId: string, items: NewItem[], now: number): void {
  const at = new Date(now).toISOString();
  const of = <Name extends keyof NewItem>(name: Name): (NonNullable<NewItem[Name]> | null)[] =>
    items.map((item) => item[name] ?? null) as (NonNullable<NewItem[Name]> | null)[];
  into.part('opened', OPEN, [applicationId, at, of('step'), of('kind'), of('code'), of('role'), of('dueAt')]);
}

/** What a step's own end settles; money to give back and other disputes are closed by a person only. */
const CLOSE = `UPDATE items SET closed_at = ?, closed_by = ? WHERE application_id = ? AND step = ANY (?::text[])
  AND closed_at IS NULL AND (? OR kind NOT IN ('refund', 'conflict', 'undoRefused'))`;

export function closeItems(
  into: Statement,
  applicationId: string,
  close: NonNullable<Change['close']>,
): void {
  const { steps, by, at, disputes = false } = close;
  into.part('closed', CLOSE, [at, by, applicationId, steps, disputes]);
}
