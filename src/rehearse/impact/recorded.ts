/** Recorded applications read for comparing: opened beside the bus, one at a time, never changed. */
import type { Registry } from '../../adapter-kit/registry.ts';
import type { Clock } from '../../clock.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import type { Flow } from '../../flow/flow.ts';
import type { LookLedger } from '../../flow/ports/ledger-desk.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Vault } from '../../flow/ports/vault.ts';
import { openView, type View } from '../../flow/view.ts';

export interface Reading {
  clock: Clock;
  ledger: LookLedger;
  vault: Vault;
  registry: Registry;
  catalogue: Catalogue;
}

export interface Wanted {
  /** Accepted then or later, ms. */
  since: number;
  /** Of this service; null: of all. */
  service: string | null;
  /** So many at the most, the newest. */
  most: number;
}

/** Of the flow what reading needs; whatever would act is not there. */
export function readerOf({ clock, ledger, vault, registry, catalogue }: Reading): Flow {
  const silent = (): void => undefined;
  const log: Log = { info: silent, warn: silent, error: silent };
  return { clock, ledger, vault, registry, log, catalogue: () => catalogue } as unknown as Flow;
}

const PAGE = 200;

/** The newest first. `erased` stands for one whose key is gone, `older` for all that `most` leaves out. */
export async function* recordedSince(
  reading: Reading,
  { since, service, most }: Wanted,
): AsyncGenerator<View | 'erased' | 'older'> {
  const reader = readerOf(reading);
  let given = 0;
  for await (const { id, acceptedAt } of summaries(reading.ledger, service, since)) {
    if (acceptedAt < since) return;
    if (given >= most) {
      yield 'older';
      return;
    }
    const view = await openOrErased(reader, id);
    if (view !== 'erased') given += 1;
    yield view;
    // Nobody comes back to it: of many, the keys alone would fill the memory.
    reading.vault.forget(id);
  }
}

/** An id is drawn a moment before its application is accepted. */
const DRAWN_MS = 60_000;

/** No id that was drawn then or later is less: each begins with 48 bits of milliseconds. */
function leastIdAt(ms: number): string {
  const time = Math.max(0, Math.trunc(ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

async function* summaries(
  ledger: LookLedger,
  service: string | null,
  since: number,
): AsyncGenerator<{ id: string; acceptedAt: number }> {
  const filter = { ...(service !== null && { service }), from: leastIdAt(since - DRAWN_MS), most: PAGE };
  for (let after: string | undefined; ;) {
    const page = await ledger.list({ ...filter, ...(after !== undefined && { after }) });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

/** What else stands in the way of reading is no reason to leave one out. */
async function openOrErased(reader: Flow, id: string): Promise<View | 'erased'> {
  try {
    return (await openView(reader, id)) ?? 'erased';
  } catch (error) {
    const stored = await reader.ledger.read(id);
    if (stored && stored.application.wrappedKey) throw error;
    return 'erased';
  }
}
