/** The only sweep: rings whatever is due and not leased, in lanes that are awake. It never asks a queue what it holds. */
import { HORIZON_MS } from '../domain/lane.ts';
import { isoTime, ringAll, type Flow } from './flow.ts';
import type { NewsPlace, RecoverLedger } from './ports/ledger.ts';
import { retake } from './receive.ts';

/** Seconds between sweeps: a lost bell is found within this. */
export const SWEEP_MS = 3_000;
/** Topped up at once: 20 ms a lane, and more than a lane answers until the next sweep. */
const MOST_A_LANE = 5_000;
/** An upload that no application lists goes after a day. */
const UNLISTED_MS = 24 * 3_600_000;
/** What was delivered can be looked up for 30 days. */
const DELIVERIES_MS = 30 * 24 * 3_600_000;
/** Kept news taken up by one sweep. */
const MOST_NEWS = 100;

/** One sweep; kept news is looked through from a place on. Returns the place for the next. */
export async function recover(
  flow: Flow<RecoverLedger>,
  place: NewsPlace | null = null,
): Promise<NewsPlace | null> {
  const now = flow.clock.now();
  ringAll(flow.queue, await flow.ledger.due(now + HORIZON_MS, MOST_A_LANE));
  await flow.ledger.dropUnlisted(isoTime(now - UNLISTED_MS));
  await flow.ledger.dropDeliveries(isoTime(now - DELIVERIES_MS));
  return takeUpNews(flow, place);
}

/** News that cannot be taken up, whatever the reason, holds up none that comes after it. */
async function takeUpNews(flow: Flow<RecoverLedger>, place: NewsPlace | null): Promise<NewsPlace | null> {
  const found = await flow.ledger.newsWithSteps(place, MOST_NEWS);
  for (const news of found) await retake(flow, news, news);
  return found.length < MOST_NEWS ? null : found.at(-1)!;
}

/** Sweeps now and then until stopped. A failing sweep is logged; the next one comes all the same. */
export function keepRecovering(flow: Flow<RecoverLedger>): () => void {
  let cancel: () => void = () => undefined;
  let stopped = false;
  let place: NewsPlace | null = null;
  const sweep = (): void => {
    recover(flow, place)
      .then((next) => (place = next))
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
