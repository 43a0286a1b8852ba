/** The only sweep: rings whatever is due and not leased, in lanes that are awake. It never asks a queue what it holds. */
import { HORIZON_MS } from '../domain/lane.ts';
import { lookAtComplaints } from './complaints.ts';
import { lookAtClocks } from './deadlines.ts';
import { isoTime, ringAll, type Flow } from './flow.ts';
import type { NewsPlace, RecoverLedger } from './ports/ledger.ts';
import { retake } from './receive.ts';
import { SWEEP_MS } from './share.ts';

/** An upload that no application lists goes after a day. */
const UNLISTED_MS = 24 * 3_600_000;
/** What was delivered can be looked up for 30 days. */
const DELIVERIES_MS = 30 * 24 * 3_600_000;
/** Kept news taken up by one sweep. */
const MOST_NEWS = 100;

/** One sweep of these lanes (all when absent); kept news is looked through from a place on. Returns the place for the next. */
export async function recover(
  flow: Flow<RecoverLedger>,
  place: NewsPlace | null = null,
  lanes?: string[],
): Promise<NewsPlace | null> {
  const now = flow.clock.now();
  const rings = await flow.ledger.due(flow.share.wanted(now + HORIZON_MS, lanes));
  flow.share.found(rings, lanes);
  ringAll(flow.queue, rings);
  if (lanes) await look(flow, lanes);
  await lookAtClocks(flow);
  await lookAtComplaints(flow);
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

/**
 * Sees who is behind in lanes that others sweep: this process rings them, too. Asks only for those that it rings a
 * good deal.
 */
async function look(flow: Flow<Pick<RecoverLedger, 'due'>>, mine: string[] = []): Promise<void> {
  const lanes = flow.share.busy().filter((lane) => !mine.includes(lane));
  if (lanes.length > 0)
    flow.share.found(await flow.ledger.due(flow.share.wanted(flow.clock.now(), lanes)), lanes);
}

/** Sweeps these lanes (all when absent) now and then until stopped. A failing sweep is logged; the next one comes all the same. */
export function keepRecovering(
  flow: Flow<RecoverLedger>,
  lanes: () => string[] | undefined = () => undefined,
): () => void {
  let place: NewsPlace | null = null;
  return keepOn(flow, 'recover.failed', async () => void (place = await recover(flow, place, lanes())));
}

/** What a process does that takes applications in and answers no lane: it only keeps its bursts in their share. */
export function keepSharing(flow: Flow<Pick<RecoverLedger, 'due'>>): () => void {
  return keepOn(flow, 'recover.failed', () => look(flow));
}

/** Works now and every sweep's time until stopped; what fails is logged under a name. */
export function keepOn(
  { clock, log }: Pick<Flow, 'clock' | 'log'>,
  failed: string,
  sweep: () => Promise<void>,
): () => void {
  let cancel: () => void = () => undefined;
  let stopped = false;
  const once = (): void => {
    sweep()
      .catch((error: unknown) => log.error(failed, { error }))
      .finally(() => {
        if (!stopped) cancel = clock.after(SWEEP_MS, once);
      });
  };
  once();
  return () => {
    stopped = true;
    cancel();
  };
}
