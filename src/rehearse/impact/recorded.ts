/** Recorded applications read for comparing: opened beside the bus, never changed. */
import type { Registry } from '../../adapter-kit/registry.ts';
import type { Clock } from '../../clock.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import type { Flow } from '../../flow/flow.ts';
import type { DeskLedger } from '../../flow/ports/ledger-desk.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Vault } from '../../flow/ports/vault.ts';
import { openView, type View } from '../../flow/view.ts';

export interface Reading {
  clock: Clock;
  ledger: DeskLedger;
  vault: Vault;
  registry: Registry;
  catalogue: Catalogue;
}

/** Of the flow what reading needs; whatever would act is not there. */
export function readerOf({ clock, ledger, vault, registry, catalogue }: Reading): Flow {
  const silent = (): void => undefined;
  const log: Log = { info: silent, warn: silent, error: silent };
  return { clock, ledger, vault, registry, log, catalogue: () => catalogue } as unknown as Flow;
}

const PAGE = 200;

/** Accepted since then (ms), of a service or of all, the newest first; those whose key is erased are left out. */
export async function* recordedSince(
  reading: Reading,
  since: number,
  service: string | null,
  most: number,
): AsyncGenerator<View> {
  const reader = readerOf(reading);
  let after: string | undefined;
  for (let given = 0; given < most;) {
    const page = await reading.ledger.list({
      ...(service !== null && { service }),
      ...(after !== undefined && { after }),
      most: PAGE,
    });
    for (const { id, acceptedAt } of page) {
      if (acceptedAt < since || given >= most) return;
      const view = await openView(reader, id).catch(() => undefined);
      if (!view) continue;
      given += 1;
      yield view;
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}
