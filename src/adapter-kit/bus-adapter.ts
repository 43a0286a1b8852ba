/** What the bus itself can be asked for: a person's decision, a time, a sub-application. Steps like all others, without a wire. */
import { parseDuration } from '../domain/duration.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Adapter, Call, Operation, WireRequest } from './contract.ts';

const text = (maxLength: number): JsonObject => ({ type: 'string', minLength: 1, maxLength });
const open = { type: 'object', additionalProperties: true };

/** Nothing goes over a wire: `flow` answers for the sub-applications, and news ends the others. */
const noWire = {
  request: (): WireRequest => {
    throw new Error('The bus has no wire');
  },
  reply: () => ({ is: 'unknown', code: 'BAD_RESPONSE' }) as const,
};

/** A person decides: what he sees is the input, what he fills in is the output, held against the route's form. */
const task: Operation = {
  title: { id: 'Keputusan petugas', en: "An officer's decision" },
  effect: 'read',
  input: {
    type: 'object',
    additionalProperties: false,
    properties: { see: { ...open, title: 'What the officer is shown' } },
  },
  output: open,
  waits: '90d',
  ...noWire,
  request: () => ({ pending: { awaits: 'officer' } }),
};

/** A time passes: an instant, or so long from now. */
const wait: Operation = {
  title: { id: 'Menunggu waktu', en: 'Waiting for a time' },
  effect: 'read',
  timeEnds: true,
  input: {
    type: 'object',
    additionalProperties: false,
    properties: {
      until: { type: 'string', format: 'date-time', maxLength: 40, title: 'An instant' },
      for: { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhd]$', title: '30s, 10m, 2h or 14d' },
      appointment: { ...open, title: 'Place and time of an appointment, shown to the citizen' },
    },
    anyOf: [{ required: ['until'] }, { required: ['for'] }],
  },
  output: open,
  waits: '3650d',
  ...noWire,
  request: (input, { now }) => waiting(input, now),
};

function waiting(input: JsonObject, now: Call['now']): ReturnType<Operation['request']> {
  const {
    until,
    for: span,
    appointment,
  } = input as { until?: string; for?: string; appointment?: JsonObject };
  const ends = until ?? new Date(Date.parse(now) + parseDuration(span!)).toISOString();
  const shown = { ...appointment, until: ends };
  return { pending: { awaits: appointment ? 'appointment' : 'agency', until: ends, shown } };
}

/** Opens a sub-application through intake, its key the step's; ends when that one ends; undone by withdrawing it. */
const child: Operation = {
  title: { id: 'Permohonan turunan', en: 'A sub-application' },
  effect: 'inquirable',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['service'],
    properties: {
      service: { ...text(64), title: 'Code of its service' },
      formData: { ...open, title: 'Its form' },
      applicant: { ...open, title: "Its applicant; the parent's when absent" },
      jurisdictionCode: { ...text(13), title: "The parent's when absent" },
    },
  },
  output: open,
  waits: '3650d',
  ...noWire,
  inquiry: { notBefore: '60s', trustAfter: '60s', ...noWire },
  compensation: { effect: 'keyed', ...noWire },
};

export const busAdapter: Adapter = {
  name: 'bus',
  version: '1.0.0',
  title: { id: 'Bus', en: 'The bus itself' },
  settings: { type: 'object', additionalProperties: false },
  signIn: { scheme: 'none' },
  operations: { task, wait, child },
};
