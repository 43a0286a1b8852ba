/** The column lists of the SQLite ledger, and the few fields that SQLite stores in another form. */
import type { ApplicationRow, StepRow } from '../../flow/ports/ledger.ts';
import { nextLook } from '../../domain/deadline.ts';
import { columns } from '../columns.ts';

export const APPLICATION = columns(
  ...[
    'id',
    'number',
    'platform',
    'site',
    'service',
    'jurisdiction',
    'channel',
    'sandbox',
    'plan',
    'state',
    'ending',
  ],
  ...['priority', 'version', 'head', 'acceptedAt', 'promisedAt', 'endedAt', 'clock', 'clockAt', 'parent'],
);

/** An application that is born, as its columns take it. */
export function applicationRow(row: Pick<ApplicationRow, 'clock'>): object {
  return { ...row, ...clockColumns({ clock: row.clock, endedAt: null }) };
}

/** The clock, and when it has to be looked at next. */
export const clockColumns = ({
  clock,
  endedAt,
}: Pick<ApplicationRow, 'clock' | 'endedAt'>): { clock: string | null; clockAt: number | null } => ({
  clock: clock && JSON.stringify(clock),
  clockAt: clock && endedAt === null ? nextLook(clock) : null,
});

/** What never changes about a step. */
const STEP_BORN = ['applicationId', 'name', 'platform', 'service', 'turn'];
const STEP_FIELDS = [
  ...['priority', 'position', 'agency', 'operation', 'adapter', 'state', 'since', 'code'],
  ...['round', 'attempts', 'spent', 'inquiries', 'wake', 'dueAt', 'fence', 'leaseUntil', 'leaseKind', 'key'],
  ...['sentAt', 'timeoutAt', 'sealed'],
];
export const STEP = columns(...STEP_BORN, ...STEP_FIELDS);
/** All that changes about a step. */
export const STEP_CHANGE = columns(...STEP_FIELDS);

export const EVENT = columns('stream', 'seq', 'at', 'type', 'data', 'hash', 'sealed');
export const ATTEMPT = columns(
  ...['step', 'round', 'number', 'kind', 'tryKey', 'at', 'endedAt', 'outcome', 'code', 'status', 'sealed'],
);
export const INBOX = columns(
  ...['agency', 'id', 'content', 'state', 'hosted', 'reference', 'applicationId', 'step', 'at', 'keyOwner'],
  ...['request', 'answer'],
);
export const DOCUMENT = columns('id', 'platform', 'applicationId', 'name', 'hash', 'type', 'size', 'at');
export const LANE = columns(
  ...['id', 'paused', 'sleepUntil', 'code', 'failures', 'sleeps', 'probeUntil', 'day', 'used'],
);
export const ENDPOINT = columns(
  ...['id', 'platform', 'state', 'code', 'wake', 'dueAt', 'fence', 'leaseUntil', 'failures', 'failingSince'],
  ...['createdAt', 'sealed'],
);

/** A row as `node:sqlite` takes and gives it. */
export type Raw = Record<string, null | number | string | Uint8Array>;

export function applicationFrom({ clockAt: _, ...raw }: Raw): ApplicationRow {
  const parsed = (field: string): unknown => (raw[field] === null ? null : JSON.parse(raw[field] as string));
  const read = { ending: parsed('ending'), clock: parsed('clock') };
  return { ...raw, sandbox: raw['sandbox'] === 1, ...read } as unknown as ApplicationRow;
}

export const stepFrom = (raw: Raw): StepRow => raw as unknown as StepRow;
