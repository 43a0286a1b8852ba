/** The rows of one open application, as the flow would have left them: chained, sealed under its own key, indexed. */
import canonicalize from 'canonicalize';
import { v7 } from 'uuid';
import { systemClock } from '../../src/clock.ts';
import { chain, EMPTY, type NewEvent } from '../../src/domain/chain.ts';
import { applicationNumber, newKey, tryKey } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { Step } from '../../src/domain/step.ts';
import { searchIndex } from '../../src/flow/search-index.ts';
import { isoTime } from '../../src/flow/flow.ts';
import type { SealKey, Vault } from '../../src/flow/ports/vault.ts';
import { places, sealStep } from '../../src/flow/view.ts';
import { body, OPEN_SERVICE } from '../body.ts';
import { HELD_LANE, LANE } from '../mall.ts';

export type Value = null | number | string | boolean | Uint8Array;
export type Row = Record<string, Value | undefined>;
/** Rows by table, in the ledger's names for tables and the flow's for fields; a ledger takes the fields that it has. */
export type Rows = Record<string, Row[]>;

/**
 * `due`: waits for its agency and is asked about within 60 days. `news`: waits for news only, its time-out is all that
 * is due. `ready`: to be sent now.
 */
export type Kind = 'due' | 'news' | 'ready';

const DAY_MS = 86_400_000;
const SITE = 'MPP-9901-02';
const PLATFORM = 'bench';

export interface Seeded {
  vault: Vault;
  /** Digest of the plan of OPEN_SERVICE. */
  plan: string;
  seq: number;
  acceptedAt: number;
  kind: Kind;
  /** Now, milliseconds since the epoch. */
  now: number;
}

/** Four steps, two attempts, six events, and all that an acceptance writes. */
export async function rowsOf(seeded: Seeded): Promise<Rows> {
  const { vault, plan, seq, acceptedAt, kind } = seeded;
  const id = v7({ msecs: acceptedAt });
  const held = kind === 'ready';
  const jurisdiction = held ? '99.02' : '99.01';
  const content = body({ run: 'seed', seq, service: OPEN_SERVICE, region: jurisdiction });
  const { key, wrapped } = await vault.newKey(id);
  const number = applicationNumber(SITE, new Date(acceptedAt).getUTCFullYear(), seq + 1);
  const events = chain(id, EMPTY, isoTime(acceptedAt), held ? readyEvents(number) : waitingEvents(number));
  const steps = (held ? readySteps : waitingSteps)(seeded, id);
  const last = events.at(-1)!;
  const application = {
    ...{
      id,
      number,
      platform: PLATFORM,
      sandbox: true,
      site: SITE,
      service: OPEN_SERVICE,
      jurisdiction,
      plan,
    },
    ...{
      channel: 'electronic',
      state: held ? 'inProgress' : 'waitingAppointment',
      ending: null,
      priority: 3,
    },
    ...{ version: last.seq, head: last.hash, acceptedAt, promisedAt: null, endedAt: null },
  };
  const sealed = vault.seal(key, places.body(id), JSON.stringify(content));
  return {
    keys: [{ owner: id, applicationId: id, wrapped }],
    applications: [application],
    bodies: [{ applicationId: id, body: sealed, result: null }],
    steps: steps.map((step) => sealStep(vault, key, step) as unknown as Row),
    attempts: steps.filter(({ attempts }) => attempts > 0).map((step) => attemptOf(vault, key, step)),
    events: events.map((event) => ({ ...event, applicationId: id, sealed: null })),
    ...lockRows(vault, id, content, acceptedAt),
    stepReferences: held
      ? []
      : [{ agency: LANE, reference: referenceOf(vault, id), applicationId: id, step: 'appointment' }],
  };
}

function lockRows(vault: Vault, id: string, content: JsonObject, at: number): Rows {
  const own = content['clientReference'] as string;
  const person = content['applicant'] as { nik: string; phone: string };
  const fingerprint = vault.index('body', canonicalize(content)!);
  const reference = searchIndex({ vault }, PLATFORM, 'clientReference', own);
  const key = vault.index('idempotencyKey', `${PLATFORM} ${own}`);
  return {
    idempotency: [{ platform: PLATFORM, key, fingerprint, applicationId: id, at }],
    clientReferences: [{ platform: PLATFORM, reference, fingerprint, applicationId: id }],
    searchIndex: (['nik', 'phone'] as const).map((kind) => ({
      ...{ kind, value: searchIndex({ vault }, PLATFORM, kind, person[kind]), applicationId: id },
    })),
  };
}

/** What the wire would have shown, masked: about as long. */
const EXCERPT = JSON.stringify({
  sent: `{"NIK":"***","NAMA_LGKP":"***"}${' '.repeat(120)}`,
  got: '{"content":[{"NIK":"Sesuai"}]}',
});

function attemptOf(
  vault: Vault,
  key: SealKey,
  { applicationId, name, key: stepKey, sentAt, state }: Step,
): Row {
  const at = isoTime(sentAt!);
  const outcome = state === 'succeeded' ? 'ok' : 'pending';
  return {
    ...{ applicationId, step: name, round: 1, number: 1, kind: 'send', tryKey: tryKey(stepKey, 1) },
    ...{ at, endedAt: at, outcome, code: null, status: 200 },
    sealed: vault.seal(key, places.attempt(applicationId, name, 1, 1), EXCERPT),
  };
}

const referenceOf = (vault: Vault, id: string): string => vault.index('reference', `${LANE} ${ticketOf(id)}`);
const ticketOf = (id: string): string => `T-${id}`;

/** The fields that every step of the plan begins with. */
function newStep({ acceptedAt, kind }: Seeded, applicationId: string, position: number): Step {
  const name = ['person', 'card', 'appointment', 'again'][position]!;
  return {
    ...{ applicationId, name, platform: PLATFORM, service: OPEN_SERVICE, turn: null, priority: 3, position },
    ...{ agency: kind === 'ready' ? HELD_LANE : LANE, adapter: 'civil-registry@1' },
    operation: position === 0 || position === 3 ? 'matchPerson' : 'reissueFamilyCard',
    ...{ state: 'pending', since: acceptedAt, code: null, round: 1, attempts: 0, spent: 0, inquiries: 0 },
    ...{ wake: 0, dueAt: null, fence: 0, leaseUntil: null, leaseKind: null },
    // By the time of its acceptance: a million keys of these few minutes would not all differ.
    ...{ key: newKey({ ...systemClock, now: () => acceptedAt }), sentAt: null, timeoutAt: null, secret: {} },
  };
}

const INPUT = { nik: '9901014107909999', fullName: 'BENCH' };

function succeeded(step: Step): Step {
  const output = { matched: true, elements: { nik: { match: true, score: null } }, quotaRemaining: 99_999 };
  const tried = { attempts: 1, wake: 2, fence: 1, sentAt: step.since };
  return { ...step, ...tried, state: 'succeeded', secret: { input: INPUT, output } };
}

const skipped = (step: Step): Step => ({ ...step, state: 'skipped' });

/** Person matched, first card not wanted, the appointment's card waits. */
function waitingSteps(seeded: Seeded, id: string): Step[] {
  const { kind, now, seq } = seeded;
  const [person, card, appointment, again] = [0, 1, 2, 3].map((at) => newStep(seeded, id, at));
  // Not within the first hour: nothing of it comes due while something else is measured.
  const askAt = now + 3_600_000 + ((seq * 7919) % (60 * 24 * 60 - 60)) * 60_000;
  const timeoutAt = now + 61 * DAY_MS + (seq % DAY_MS);
  const wait = { wake: 3, fence: 1, attempts: 1, sentAt: seeded.acceptedAt, timeoutAt };
  const secret = { input: INPUT, reference: ticketOf(id), shown: { ticket: ticketOf(id) } };
  const dueAt = kind === 'due' ? askAt : timeoutAt;
  return [
    succeeded(person!),
    skipped(card!),
    { ...appointment!, ...wait, state: 'waitingAppointment', dueAt, secret },
    again!,
  ];
}

/** Person matched, card made, the appointment not wanted; the last match is due since its acceptance. */
function readySteps(seeded: Seeded, id: string): Step[] {
  const [person, card, appointment, again] = [0, 1, 2, 3].map((at) => newStep(seeded, id, at));
  return [
    succeeded(person!),
    succeeded(card!),
    skipped(appointment!),
    { ...again!, state: 'ready', wake: 1, dueAt: seeded.acceptedAt },
  ];
}

const event = (type: string, data: JsonObject): NewEvent => ({ type: `go.mpp.${type}.v1`, data });
const stepEvent = (type: string, step: string, operation: string, state: string): NewEvent =>
  event(`step.${type}`, { step, operation, state });

function begun(number: string): NewEvent[] {
  return [
    event('application.accepted', { number, service: OPEN_SERVICE, state: 'accepted' }),
    stepEvent('succeeded', 'person', 'matchPerson', 'inProgress'),
    event('application.status.changed', { from: 'accepted', state: 'inProgress' }),
  ];
}

function waitingEvents(number: string): NewEvent[] {
  return [
    ...begun(number),
    stepEvent('skipped', 'card', 'reissueFamilyCard', 'inProgress'),
    stepEvent('waiting', 'appointment', 'reissueFamilyCard', 'waitingAppointment'),
    event('application.status.changed', { from: 'inProgress', state: 'waitingAppointment' }),
  ];
}

function readyEvents(number: string): NewEvent[] {
  return [
    ...begun(number),
    stepEvent('waiting', 'card', 'reissueFamilyCard', 'inProgress'),
    stepEvent('succeeded', 'card', 'reissueFamilyCard', 'inProgress'),
    stepEvent('skipped', 'appointment', 'reissueFamilyCard', 'inProgress'),
  ];
}
