/** Complaints that nobody answered in time: each becomes an item, once. */
import { newDraft, note } from '../domain/application.ts';
import { placeOf } from '../domain/complaint.ts';
import { commit } from './change.ts';
import type { Flow } from './flow.ts';
import type { RecoverLedger } from './ports/ledger.ts';
import { openView } from './view.ts';

/** Looked at by one sweep. */
const MOST_COMPLAINTS = 200;

export async function lookAtComplaints(flow: Flow<RecoverLedger>): Promise<void> {
  for (const { applicationId, n } of await flow.ledger.complaintsDue(flow.clock.now(), MOST_COMPLAINTS)) {
    try {
      await escalate(flow, applicationId, n);
    } catch (error) {
      // One that cannot be looked at must not keep the others waiting.
      flow.log.error('complaint.failed', { applicationId, n, error });
    }
  }
}

/** A race means that the application moved meanwhile: the next sweep finds it again. */
async function escalate(flow: Flow<RecoverLedger>, applicationId: string, n: number): Promise<void> {
  const view = await openView(flow, applicationId);
  const row = (await flow.ledger.complaints(applicationId)).find((one) => one.n === n);
  if (!view || !row || row.lookAt === null) return;
  const draft = newDraft(view.application, view.steps.values(), flow.clock.now());
  note(draft, 'complaint.overdue', { n, tier: row.tier, dueAt: row.dueAt });
  draft.items.push({ step: placeOf(n), kind: 'overdue', code: 'COMPLAINT_OVERDUE' });
  if ((await commit(flow, view, draft, { complaints: [{ ...row, lookAt: null }] })) === 'done')
    flow.log.warn('complaint.overdue', { applicationId, n, tier: row.tier });
}
