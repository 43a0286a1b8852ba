/** What people may see of an application: state, steps, what is awaited from whom since when, attempts, documents. */
import type { JsonObject } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import type { Flow } from '../flow/flow.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import type { AttemptRow, DocumentRow, ItemRow } from '../flow/ports/ledger.ts';
import { openView, places, type View } from '../flow/view.ts';
import { relatedTo, type Related } from './related.ts';

export type Desk = Flow<DeskLedger>;

export interface Shown {
  view: View;
  steps: Step[];
  items: ItemRow[];
  documents: Omit<DocumentRow, 'wrappedKey'>[];
  attempts: AttemptRow[];
  /** The route's result, once the application ended well. */
  result: JsonObject | null;
  related: Related[];
}

/** Everything about one application, for its platform or an operator; undefined when it is not theirs. */
export async function show(desk: Desk, id: string, platform: string | null): Promise<Shown | undefined> {
  const view = await openView(desk, id);
  if (!view || (platform !== null && view.application.platform !== platform)) return undefined;
  const [items, documents, attempts, related] = await Promise.all([
    desk.ledger.openItems({ applicationId: id, most: 100 }),
    desk.ledger.documentsOf(id),
    desk.ledger.attempts(id),
    relatedTo(desk, view),
  ]);
  const result = resultOf(desk, view);
  return { view, steps: [...view.steps.values()], items, documents, attempts, result, related };
}

function resultOf(desk: Desk, { row, key }: View): JsonObject | null {
  if (!row.result) return null;
  return JSON.parse(desk.vault.unseal(key, places.result(row.id), row.result).toString()) as JsonObject;
}

/** By id or by number; undefined when there is none. */
export async function idOf(desk: Desk, idOrNumber: string): Promise<string | undefined> {
  return /^\d{4}-\d{2}-/.test(idOrNumber) ? desk.ledger.byNumber(idOrNumber) : idOrNumber;
}
