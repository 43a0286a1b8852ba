/** What the ledger's suite writes: applications of invented people, and changes worked out from what is stored. */
import { afterEach, beforeEach } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { AgencyLimits } from '../../src/domain/catalogue.ts';
import { chain, EMPTY, type NewEvent } from '../../src/domain/chain.ts';
import { tryKey } from '../../src/domain/ids.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import type { EndpointRow } from '../../src/flow/ports/ledger-notify.ts';
import type {
  Acceptance,
  Change,
  Claim,
  InboxRow,
  StepRow,
  StoredDocument,
} from '../../src/flow/ports/ledger.ts';

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export interface Opened {
  ledger: DeskLedger;
  clock: TestClock;
  close(): Promise<void>;
}

export type Open = () => Promise<Opened>;

export const START = Date.parse('2026-01-15T02:30:05.000Z');
export const AT = new Date(START).toISOString();
export const MINUTE = 60_000;
/** Whose share of a lane an application takes where nothing else is said. */
export const LINE = { platform: 'mall', service: 'TEST.ONE' };
export const BOX: AgencyLimits = {
  ...{ concurrency: 4, perSecond: 10, timeout: '30s', maxReplyBytes: 1000 },
  ...{ circuitFailures: 3, circuitSleep: '1m', circuitCap: '8m' },
};

/** Time that moves only when told; turns are the real event loop's. */
export function manualClock(): TestClock {
  let now = START;
  let ids = 0;
  return {
    ...systemClock,
    now: () => now,
    advance: (ms) => void (now += ms),
    id: () => `id-${String((ids += 1)).padStart(6, '0')}`,
  };
}

/** A fresh ledger for each test. */
export function fresh(open: Open): Opened {
  const held: { opened?: Opened } = {};
  beforeEach(async () => {
    held.opened = await open();
  });
  afterEach(() => held.opened!.close());
  return {
    get ledger() {
      return held.opened!.ledger;
    },
    get clock() {
      return held.opened!.clock;
    },
    close: () => held.opened!.close(),
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array | null | undefined): string =>
  new TextDecoder().decode(value ?? new Uint8Array());

export const idOf = (n: number): string => `app-${String(n).padStart(4, '0')}`;

/** The round's key: 20 digits, another for each application, step and round. */
export const keyOf = (n: number, position: number, round = 1): string =>
  `${String(n).padStart(10, '0')}${position}${String(round).padStart(9, '0')}`;

export function stepRow(n: number, name: string, position: number, fields: Partial<StepRow> = {}): StepRow {
  return {
    ...LINE,
    turn: null,
    ...{ applicationId: idOf(n), name, priority: 3, position, agency: position === 0 ? 'registry' : 'bank' },
    ...{ operation: 'check', adapter: 'testing@1', state: 'pending', since: START, code: null },
    ...{ round: 1, attempts: 0, spent: 0, inquiries: 0, wake: 1, dueAt: null, fence: 0 },
    ...{ leaseUntil: null, leaseKind: null, key: keyOf(n, position), sentAt: null, timeoutAt: null },
    sealed: bytes(`secret of ${name}`),
    ...fields,
  };
}

/** An application of two steps: `check` is due at once, `pay` waits for it. */
export function acceptance(
  n = 1,
  fields: Partial<Omit<Acceptance, 'application'>> & {
    application?: Partial<Acceptance['application']>;
  } = {},
): Acceptance {
  const { application, ...rest } = fields;
  const id = idOf(n);
  return {
    application: {
      ...{ id, number: `9999-01-26-${String(n).padStart(6, '0')}-0`, platform: 'mall', site: 'MPP-9999-01' },
      ...{ service: 'TEST.ONE', jurisdiction: '99.99', channel: 'direct', sandbox: true, plan: 'digest' },
      ...{ state: 'accepted', ending: null, priority: 3, acceptedAt: START, promisedAt: START + 5 * MINUTE },
      ...{ clock: null, parent: null },
      ...{ body: bytes(`body of ${n}`), wrappedKey: bytes(`key of ${n}`) },
      ...application,
    },
    steps: [stepRow(n, 'check', 0, { state: 'ready', dueAt: START }), stepRow(n, 'pay', 1)],
    events: chain(id, EMPTY, AT, [{ type: 'go.mpp.application.accepted.v1', data: { number: n } }]),
    index: [{ kind: 'nik', value: `nik-${n}` }],
    clientReference: `reference-${n}`,
    fingerprint: `fingerprint-${n}`,
    idempotencyKey: `key-${n}`,
    documents: [],
    ...rest,
  };
}

export async function claimOf(
  ledger: DeskLedger,
  n = 1,
  name = 'check',
  fields: Partial<Claim> = {},
): Promise<Claim> {
  const step = await stepOf(ledger, n, name);
  return {
    ...{
      applicationId: idOf(n),
      step: name,
      wake: step.wake,
      fence: step.fence,
      lane: step.agency,
      kind: 'send',
    },
    ...{ round: step.round, number: step.attempts + 1, tryKey: tryKey(step.key, step.attempts + 1), at: AT },
    leaseMs: MINUTE,
    ...fields,
  };
}

export async function stepOf(ledger: DeskLedger, n: number, name: string): Promise<StepRow> {
  return (await ledger.read(idOf(n)))!.steps.find((step) => step.name === name)!;
}

export interface Wish extends Partial<Omit<Change, 'applicationId' | 'events' | 'steps' | 'application'>> {
  /** Fields of steps to write. */
  steps?: Record<string, Partial<StepRow>>;
  events?: NewEvent[];
  application?: Partial<NonNullable<Change['application']>>;
}

export const SETTLED: NewEvent = { type: 'go.mpp.step.succeeded.v1', data: { step: 'check' } };

/** A change worked out from what is stored now; it names the version if it appends events. */
export async function changeOf(ledger: DeskLedger, n: number, wish: Wish): Promise<Change> {
  const { application, steps } = (await ledger.read(idOf(n)))!;
  const { steps: fields = {}, events = [], application: moved, ...rest } = wish;
  const head = { seq: application.version, hash: application.head };
  const { state, ending, endedAt, clock } = application;
  return {
    applicationId: idOf(n),
    events: chain(idOf(n), head, AT, events),
    steps: Object.entries(fields).map(([name, some]) => {
      const row = steps.find((step) => step.name === name)!;
      return { row: { ...row, ...some }, wake: row.wake, fence: row.fence };
    }),
    ...(events.length > 0 && {
      version: application.version,
      application: { state, ending, endedAt, clock, ...moved },
    }),
    ...rest,
  };
}

/** Works a change out and stores it. */
export async function store(
  ledger: DeskLedger,
  n: number,
  wish: Wish,
): Promise<Awaited<ReturnType<DeskLedger['record']>>> {
  return ledger.record(await changeOf(ledger, n, wish));
}

export function message(id: string, fields: Partial<InboxRow> = {}): InboxRow {
  return {
    ...{
      agency: 'bank',
      id,
      content: `content of ${id}`,
      state: 'applied',
      hosted: 'paid',
      reference: 'va-1',
    },
    ...{ applicationId: null, step: null, at: AT, keyOwner: 'inbox/bank/2026-01-15' },
    ...{ request: bytes(`request ${id}`), answer: bytes(`answer ${id}`) },
    ...fields,
  };
}

export function document(
  id: string,
  fields: Partial<StoredDocument['row']> = {},
  chunks = ['one', 'two', 'three'],
): StoredDocument {
  const row = {
    ...{
      id,
      platform: 'mall',
      applicationId: null,
      name: null,
      hash: `hash of ${id}`,
      type: 'application/pdf',
    },
    ...{ size: 11, at: AT, wrappedKey: bytes(`key of ${id}`) },
    ...fields,
  };
  return { row, chunks: chunks.map(bytes) };
}

export function endpoint(id: string, fields: Partial<EndpointRow> = {}): EndpointRow {
  return {
    ...{
      id,
      platform: 'mall',
      state: 'active',
      code: null,
      wake: 1,
      dueAt: null,
      fence: 0,
      leaseUntil: null,
    },
    ...{
      failures: 0,
      failingSince: null,
      createdAt: AT,
      sealed: bytes('url'),
      wrappedKey: bytes(`key of ${id}`),
    },
    ...fields,
  };
}
