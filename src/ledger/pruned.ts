/** What the bus's own stream is told when old attempts and events are dropped: who verifies the chains knows why they are missing. */
import type { NewEvent } from '../domain/chain.ts';

export const PRUNED = 'go.mpp.ledger.pruned.v1';

/** Applications that ended before may be without events from now on. */
export const prunedEvent = (before: number): NewEvent => ({
  type: PRUNED,
  data: { before: new Date(before).toISOString() },
});
