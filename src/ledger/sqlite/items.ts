/** Items: what a person is needed for, opened and closed with the change that they belong to. */
import type { NewItem } from '../../domain/application.ts';
import type { Change } from '../../flow/ports/ledger.ts';
import type { Database } from './database.ts';

/** What a step's own end settles; money to give back and other disputes are closed by a person only. */
const CLOSE = `UPDATE items SET closed_at = :at, closed_by = :by WHERE application_id = :applicationId AND step = :step
  AND closed_at IS NULL AND (:disputes OR kind NOT IN ('refund', 'conflict', 'undoRefused'))`;

export function writeItems(db: Database, { applicationId, open, close }: Change): void {
  for (const step of close?.steps ?? [])
    db.sql(CLOSE).run({
      ...close!,
      steps: null,
      disputes: Number(close!.disputes ?? false),
      applicationId,
      step,
    });
  openItems(db, applicationId, open ?? []);
}

export function openItems(db: Database, applicationId: string, items: NewItem[]): void {
  if (items.length === 0) return;
  const at = new Date(db.now()).toISOString();
  const { n } = db.sql(COUNT_ITEMS).get(...itemIds(applicationId)) as { n: number };
  items.forEach(({ step, kind, code, role = null, dueAt = null }, index) => {
    const id = `${applicationId}.${String(n + index + 1).padStart(4, '0')}`;
    db.sql(INSERT_ITEM).run(...[id, applicationId, step, kind, code, at, role, dueAt]);
  });
}

const INSERT_ITEM =
  'INSERT INTO items (id, application_id, step, kind, code, opened_at, role, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
const COUNT_ITEMS = 'SELECT count(*) AS n FROM items WHERE id > ? AND id < ?';

/** What the ids of an application's items lie between: `/` follows `.`. */
export const itemIds = (applicationId: string): [after: string, before: string] => [
  `${applicationId}.`,
  `${applicationId}/`,
];
