/** The service that mends what stands: named where it is to be taken back and no longer can be. */
import type { ItemKind } from '../domain/application.ts';
import type { LocalizedText } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { planOf } from '../flow/plans.ts';
import type { ItemRow } from '../flow/ports/ledger.ts';
import type { Desk } from './look.ts';

export interface Corrector {
  /** Its code. */
  service: string;
  title: LocalizedText;
}

/** Something was done, and undoing it was refused. */
const STANDS: ReadonlySet<ItemKind> = new Set(['undoRefused', 'refund']);

export function correctorNamed(desk: Desk, service: string): Corrector {
  return { service, title: desk.catalogue().services.get(service)?.title ?? { id: service, en: service } };
}

/** Undefined where nothing stands, or the application's route names no service. */
export function correctorOf(
  desk: Desk,
  plan: Plan,
  { step, kind }: Pick<ItemRow, 'step' | 'kind'>,
): Corrector | undefined {
  const service = STANDS.has(kind) ? plan.byName.get(step)?.rules.correctedBy : undefined;
  return service === undefined ? undefined : correctorNamed(desk, service);
}

/** Of items of several applications, by the item's id. */
export async function correctorsOf(desk: Desk, items: ItemRow[]): Promise<Map<string, Corrector>> {
  const found = new Map<string, Corrector>();
  for (const item of items.filter(({ kind }) => STANDS.has(kind))) {
    const stored = await desk.ledger.read(item.applicationId);
    const corrector = stored && correctorOf(desk, await planOf(desk, stored.application.plan), item);
    if (corrector) found.set(item.id, corrector);
  }
  return found;
}
