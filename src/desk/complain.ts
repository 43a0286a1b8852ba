/** Complaints about an application: taken in once, answered by their desk, or forwarded to the national channel. */
import canonicalize from 'canonicalize';
import { newDraft, type Draft } from '../domain/application.ts';
import {
  daysOf,
  FORWARDING,
  placeOf,
  roleOf,
  type Category,
  type Identity,
  type Tier,
} from '../domain/complaint.ts';
import { startClock } from '../domain/deadline.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { commit, MOST_RACES } from '../flow/change.ts';
import { officeCounting } from '../flow/counting.ts';
import { isoTime } from '../flow/flow.ts';
import { intake } from '../flow/intake.ts';
import type { ComplaintRow } from '../flow/ports/ledger-people.ts';
import { readApplication } from '../flow/submission.ts';
import { openView, places, type View } from '../flow/view.ts';
import type { Desk } from './look.ts';

/** About one application. */
const MOST_COMPLAINTS = 20;
const SALT_BYTES = 16;
const DAY_MS = 86_400_000;

export interface Complaint {
  category: Category;
  tier: Tier;
  identity: Identity;
  text: string;
}

export type Complained =
  | { is: 'done' | 'repeat'; row: ComplaintRow }
  | { is: 'notFound' }
  | { is: 'keyReused' }
  | { is: 'refused'; code: string };

type Work = (view: View, rows: ComplaintRow[], draft: Draft) => Complained | { row: ComplaintRow };

/** Works a change out from the complaints as they are, and again when another change came first. */
async function change(desk: Desk, applicationId: string, by: string, work: Work): Promise<Complained> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const view = await openView(desk, applicationId);
    if (!view) return { is: 'notFound' };
    const draft = newDraft(view.application, view.steps.values(), desk.clock.now());
    const worked = work(view, await desk.ledger.complaints(applicationId), draft);
    if ('is' in worked) return worked;
    const { row } = worked;
    if ((await commit(desk, view, draft, { complaints: [row], by })) !== 'done') continue;
    desk.log.info(`complaint.${row.state}`, { applicationId, n: row.n, category: row.category, by });
    return { is: 'done', row };
  }
  throw new Error(`Application ${applicationId} changed ${MOST_RACES} times while a complaint was worked on`);
}

export function complain(
  desk: Desk,
  applicationId: string,
  complaint: Complaint,
  { by, idempotencyKey }: { by: string; idempotencyKey: string },
): Promise<Complained> {
  const key = desk.vault.index('complaintKey', `${applicationId} ${idempotencyKey}`);
  const fingerprint = desk.vault.index('complaint', canonicalize(complaint)!);
  return change(desk, applicationId, by, (view, rows, draft) => {
    const known = rows.find((one) => one.key === key);
    if (known) return known.fingerprint === fingerprint ? { is: 'repeat', row: known } : { is: 'keyReused' };
    if (rows.length >= MOST_COMPLAINTS) return { is: 'refused', code: 'too_many_complaints' };
    const n = rows.length + 1;
    const { category, tier, identity, text } = complaint;
    const lookAt = dueAt(desk, view, tier, draft.now);
    const due = isoTime(lookAt);
    const { sealed, hash } = seal(desk, view, n, 'text', { text, identity });
    note(draft, 'opened', { n, category, tier, dueAt: due, by, textHash: hash });
    draft.items.push({
      step: placeOf(n),
      kind: 'complaint',
      code: 'COMPLAINT',
      role: roleOf(category),
      dueAt: lookAt,
    });
    const row = {
      applicationId,
      n,
      key,
      fingerprint,
      at: isoTime(draft.now),
      category,
      tier,
      lookAt,
      dueAt: due,
    };
    return { row: { ...row, state: 'received', forwardedTo: null, sender: by, sealed, answer: null } };
  });
}

/** In working days of the deciding office; in plain days where no calendar is known. */
function dueAt(desk: Desk, { application, plan }: View, tier: Tier, now: number): number {
  const site = desk.catalogue().sites.find(({ code }) => code === application.site);
  const days = daysOf(plan.service, tier);
  const counting =
    site && officeCounting(desk.catalogue(), plan.service.agency, site, { in: days, unit: 'workingDays' });
  return counting ? startClock(now, counting).dueAt : now + days * DAY_MS;
}

/** The answer ends it; one that was forwarded may be answered too, when the national channel has said something. */
export function answerComplaint(
  desk: Desk,
  applicationId: string,
  n: number,
  text: string,
  by: string,
): Promise<Complained> {
  return change(desk, applicationId, by, (view, rows, draft) => {
    const row = rows.find((one) => one.n === n);
    if (!row) return { is: 'notFound' };
    if (row.state === 'answered') return { is: 'refused', code: 'complaint_closed' };
    const { sealed: answer, hash } = seal(desk, view, n, 'answer', { text });
    note(draft, 'answered', { n, by, textHash: hash });
    draft.closed.add(placeOf(n));
    return { row: { ...row, state: 'answered', lookAt: null, answer } };
  });
}

/** A number of a person stands in what is to be sent. */
const NUMBER = /\d{16}|\+62\d{8,}|\b08\d{8,}/;

/** Opens an application of the forwarding service through the only door; asked again it finds the same one. */
export async function forwardComplaint(
  desk: Desk,
  applicationId: string,
  n: number,
  { text, by }: { text?: string; by: string },
): Promise<Complained> {
  const view = await openView(desk, applicationId);
  const row = (await desk.ledger.complaints(applicationId)).find((one) => one.n === n);
  if (!view || !row) return { is: 'notFound' };
  if (row.state !== 'received') return { is: 'refused', code: 'complaint_closed' };
  const complaint = openComplaint(desk, view, row);
  const content = text ?? complaint.text;
  if (NUMBER.test(content)) return { is: 'refused', code: 'complaint_personal' };
  const opened = await open(desk, view, row, complaint.identity, content);
  if (opened === null) return { is: 'refused', code: 'complaint_unforwardable' };
  return change(desk, applicationId, by, (_, rows, draft) => {
    const now = rows.find((one) => one.n === n)!;
    if (now.state !== 'received') return { is: 'refused', code: 'complaint_closed' };
    note(draft, 'forwarded', { n, by, forwardedTo: opened });
    draft.closed.add(placeOf(n));
    return { row: { ...now, state: 'forwarded', lookAt: null, forwardedTo: opened } };
  });
}

async function open(
  desk: Desk,
  { application, body, plan }: View,
  { n, category }: ComplaintRow,
  identity: Identity,
  content: string,
): Promise<string | null> {
  const { documents: _, serviceVersion: __, ...shared } = body;
  const { platform, sandbox, number } = application;
  const formData: JsonObject = { category, content, service: plan.service.title.id, identity };
  const submitted = {
    ...shared,
    clientReference: `complaint-${number}-${n}`,
    serviceCode: FORWARDING,
    formData,
  };
  const read = readApplication(desk.catalogue(), { sandbox }, submitted);
  const problems = 'problems' in read ? read.problems : read.late;
  if ('problems' in read || problems.length > 0) {
    desk.log.warn('complaint.unforwardable', {
      applicationId: application.id,
      problems: problems.map(({ code }) => code),
    });
    return null;
  }
  const taken = await intake(desk, { platform, sandbox, body: read.body as unknown as JsonObject });
  return taken.is === 'accepted' || taken.is === 'repeat' ? taken.id : null;
}

export interface OpenComplaint {
  text: string;
  identity: Identity;
  answer: string | null;
}

export function openComplaint(
  desk: Desk,
  { key }: View,
  { applicationId, n, sealed, answer }: ComplaintRow,
): OpenComplaint {
  const opened = (part: 'text' | 'answer', bytes: Uint8Array): { text: string; identity?: Identity } => {
    const place = places.complaint(applicationId, n, part);
    return JSON.parse(desk.vault.unseal(key, place, bytes).toString()) as {
      text: string;
      identity?: Identity;
    };
  };
  const { text, identity = 'named' } = opened('text', sealed);
  return { text, identity, answer: answer && opened('answer', answer).text };
}

function seal(
  desk: Desk,
  view: View,
  n: number,
  part: 'text' | 'answer',
  content: { text: string; identity?: Identity },
): { sealed: Uint8Array; hash: string } {
  const salt = desk.clock.random(SALT_BYTES);
  const whole = JSON.stringify({ ...content, salt: salt.toString('base64') });
  const place = places.complaint(view.application.id, n, part);
  return { sealed: desk.vault.seal(view.key, place, whole), hash: desk.vault.commit(salt, content.text) };
}

const note = (draft: Draft, what: string, data: JsonObject): void =>
  void draft.events.push({ type: `go.mpp.complaint.${what}.v1`, data });
