/** An agency of every temper: its adapter, its entries in the configuration, and the services that need it. */
import type { Adapter, Operation, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';

interface Paper {
  file: string;
}

const PAPER = {
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: { file: { type: 'string' } },
};
const RECEIPT = {
  type: 'object',
  required: ['receipt'],
  additionalProperties: false,
  properties: { receipt: { type: 'string' } },
};

/** What the bureau's counter says: a receipt, a wait, "later", or nothing that can be read. Poison ends the process. */
function read(wire: WireReply): Outcome {
  if (wire.body !== null && typeof wire.body === 'object' && 'poison' in wire.body) process.abort();
  const body = wire.body as { receipt?: unknown; pending?: unknown } | null;
  if (wire.status === 200 && typeof body?.receipt === 'string')
    return { is: 'ok', output: { receipt: body.receipt } };
  if (wire.status === 200 && body?.pending === true) return { is: 'pending' };
  const seconds = Number(wire.headers['retry-after']);
  const afterSeconds = Number.isFinite(seconds) ? { afterSeconds: seconds } : {};
  if (wire.status === 429 || wire.status === 503) return { is: 'retry', code: 'BUSY', ...afterSeconds };
  return { is: 'unknown', code: 'BAD_RESPONSE' };
}

function counter(path: string, effect: Operation['effect']): Operation<Paper> {
  return {
    title: { id: path, en: path },
    effect,
    input: PAPER,
    output: RECEIPT,
    request: ({ file }, { key }) => ({
      method: 'POST',
      path: `/${path}`,
      body: { json: { file, requestId: key } },
    }),
    reply: read,
  };
}

/** Sent twice it is done twice; so it is asked about first. "Never seen" is believed after the call's time-out. */
const asked: Operation<Paper> = {
  ...counter('asked', 'inquirable'),
  inquiry: {
    notBefore: '1s',
    trustAfter: '8s',
    request: (_input, { key }) => ({ method: 'GET', path: `/asked/${key}` }),
    reply: (wire) => (wire.status === 404 ? { is: 'retry', code: 'NEVER_SEEN' } : read(wire)),
  },
};

const badForm = (): never => {
  throw new Error('not a message of the bureau');
};

export const bureau: Adapter = {
  name: 'fault-bureau',
  version: '1.0.0',
  title: { id: 'Kantor Uji', en: 'Bureau of faults' },
  settings: {
    type: 'object',
    required: ['baseUrl', 'password'],
    additionalProperties: false,
    properties: { baseUrl: { type: 'string' }, password: { type: 'string', writeOnly: true } },
  },
  signIn: {
    verify: ({ headers }, _proof, { settings, tools }) =>
      tools.same(headers['x-password'] ?? '', settings['password'] as string) ? null : 'x-password differs',
  },
  operations: {
    look: counter('look', 'read'),
    keyed: counter('keyed', 'keyed'),
    asked,
    once: counter('once', 'once'),
    slow: counter('slow', 'keyed'),
  },
  hosted: {
    news: {
      tells: 'slow',
      path: '/news',
      read({ body }) {
        const { id, requestId, receipt } = (body ?? badForm()) as Record<string, unknown>;
        if (typeof id !== 'string' || typeof requestId !== 'string') return badForm();
        const outcome: Outcome =
          typeof receipt === 'string' ? { is: 'ok', output: { receipt } } : { is: 'pending' };
        return { id, key: requestId, outcome };
      },
      answer: (hosted) => {
        const status = { found: 200, none: 202, conflict: 409, badSignature: 401, badForm: 400, busy: 503 };
        // It neither signs in here nor brings applications.
        if (hosted.is === 'granted' || hosted.is === 'opened' || hosted.is === 'notOpened')
          return { status: 404, body: {} };
        const apply = hosted.is === 'found' ? hosted.message.outcome : undefined;
        return { status: status[hosted.is], body: { is: hosted.is }, ...(apply && { apply }) };
      },
    },
  },
};

/** Leases are the time-out and 15 s; a lane that sleeps is awake again in seconds. */
const limits = {
  concurrency: 16,
  perSecond: 500,
  timeout: '5s',
  circuitFailures: 5,
  circuitSleep: '1s',
  circuitCap: '2s',
};

/** The bureau sits behind the link that rows break; the annex behind one of its own. */
export const OFFICES = { bureau: 'bureau-9901', annex: 'annex-9901' } as const;
export type Office = keyof typeof OFFICES;

export const officeEntry = (role: Office, baseUrl: string, attempts: number): object => ({
  role,
  title: { id: `Kantor ${role}`, en: `Office ${role}` },
  regions: ['99.01'],
  adapter: bureau.name,
  major: 1,
  settings: { baseUrl, password: 'secret://file/bureau-password' },
  limits,
  retry: { attempts, base: '1s', cap: '2s', inquiries: 50 },
});

const step = (call: string, more: { after?: string; pivot?: true } = {}): object => ({
  call,
  ...more,
  with: { file: 'application.number' },
});

/** Services by code: the steps of each. */
const STEPS: Record<string, Record<string, object>> = {
  'FAULT.CHAIN': {
    look: step('bureau.look'),
    keyed: step('bureau.keyed', { after: 'look', pivot: true }),
    asked: step('bureau.asked', { after: 'keyed' }),
  },
  'FAULT.SLOW': { slow: step('bureau.slow', { pivot: true }) },
  'FAULT.ONCE': { once: step('annex.once', { pivot: true }) },
};
export const SERVICES = Object.keys(STEPS);

export const serviceFile = (code: string): object => ({
  code,
  version: '1.0.0',
  title: { id: code, en: code },
  agency: code === 'FAULT.ONCE' ? 'annex' : 'bureau',
  status: 'published',
  channels: ['direct'],
  regions: ['99.01'],
  form: { type: 'object', additionalProperties: false, properties: {} },
  legalBasis: 'publicTask',
});

export const routeFile = (code: string): object => ({
  service: code,
  version: '1.0.0',
  steps: STEPS[code],
  result: { receipt: `steps.${Object.keys(STEPS[code]!).at(-1)}.output.receipt` },
});
