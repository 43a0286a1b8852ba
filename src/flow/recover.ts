/** The only sweep: rings whatever is due and not leased, in lanes that are awake. It never asks a queue what it holds. */
import { isoTime, ringAll, type Flow } from './flow.ts';
import { tryWaitingNews } from './receive.ts';
import type { RecoverLedger } from './ports/ledger.ts';

/** Seconds between sweeps: a lost bell is found within this. */
export const SWEEP_MS = 3_000;
/** What a queue may hold: bells due within 10 minutes, so many a lane. */
const HORIZON_MS = 600_000;
const MOST_A_LANE = 10_000;
/** An upload that no application lists goes after a day. */
const UNLISTED_MS = 24 * 3_600_000;

export async function recover(flow: Flow<RecoverLedger>): Promise<number> {
  const rings = await flow.ledger.due(flow.clock.now() + HORIZON_MS, MOST_A_LANE);
  ringAll(flow.queue, rings);
  for (const { applicationId, step } of await flow.ledger.newsWithSteps(100)) {
    await tryWaitingNews(flow, applicationId, step);
  }
  await flow.ledger.dropUnlisted(isoTime(flow.clock.now() - UNLISTED_MS));
  return rings.length;
}

/** Sweeps now and then until stopped. A failing sweep is logged; the next one comes all the same. */
export function keepRecovering(flow: Flow<RecoverLedger>): () => void {
  let cancel: () => void = () => undefined;
  let stopped = false;
  const sweep = (): void => {
    recover(flow)
      .catch((error: unknown) => flow.log.error('recover.failed', { error }))
      .finally(() => {
        if (!stopped) cancel = flow.clock.after(SWEEP_MS, sweep);
      });
  };
  sweep();
  return () => {
    stopped = true;
    cancel();
  };
}
