/** Sees an agency's answer into the ledger: while the ledger is away it stands nowhere but in this process. */
import { sleep } from '../clock.ts';
import { CommitUnknown } from '../domain/commit-unknown.ts';
import type { Flow } from './flow.ts';
import { settle, type Fact } from './settle.ts';
import type { View } from './view.ts';

/** A failover of the ledger's server takes up to a minute. After this the answer is lost, as by a crash. */
const KEEP_MS = 120_000;
const RETRY_MS = 1_000;

/** As `settle`, again and again while nobody knows whether it was stored. Should the lease run out meanwhile, it is news. */
export async function keepAnswer(
  flow: Flow,
  applicationId: string,
  fact: Fact,
  opened: View,
): Promise<boolean> {
  const until = flow.clock.now() + KEEP_MS;
  let view: View | undefined = opened;
  for (;;) {
    try {
      if (!view && (await isStored(flow, applicationId, fact))) return true;
      return await settle(flow, applicationId, fact, view);
    } catch (error) {
      if (!(error instanceof CommitUnknown) || flow.clock.now() >= until) throw error;
      view = undefined;
      await sleep(flow.clock, Math.round(RETRY_MS * (0.5 + flow.clock.chance())));
    }
  }
}

/** Whether the commit that could not be confirmed went through after all. */
async function isStored({ ledger }: Flow, applicationId: string, { attempt }: Fact): Promise<boolean> {
  if (!attempt) return false;
  const { step, round, number } = attempt;
  return (await ledger.attempts(applicationId)).some(
    (one) =>
      one.step === step &&
      one.round === round &&
      one.number === number &&
      one.endedAt !== null &&
      one.outcome !== 'lost',
  );
}
