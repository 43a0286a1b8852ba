/** The adapter of the simulated agencies: an operation of each effect, asked, told, undone and waited for in every way. */
import type {
  Adapter,
  Call,
  Exchange,
  HostedCase,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';

export type Kind = 'send' | 'inquiry' | 'undo';

const exchange = (operation: string, kind: Kind): Exchange => ({
  request: (input: JsonObject, { key, tryKey, reference }: Call) => ({
    method: 'POST',
    path: `/${operation}/${kind}`,
    body: { json: { key, tryKey, input, ...(reference !== undefined && { reference }) } },
  }),
  reply: (wire: WireReply, _input: JsonObject, { tools }: Call): Outcome =>
    tools.byStatus(wire) ?? ((wire.body as JsonObject)['outcome'] as unknown as Outcome),
});

const title = { id: 'Simulasi', en: 'Simulation' };
const input = { type: 'object', required: ['app'], additionalProperties: true };
const output = {
  type: 'object',
  required: ['done'],
  properties: { done: { type: 'string' }, short: { type: 'number' } },
  additionalProperties: true,
};

export const NOT_BEFORE = '60s';
export const TRUST_AFTER = '10m';
export const TRUST_AFTER_MS = 600_000;

const asked = (name: string) => ({
  inquiry: { notBefore: NOT_BEFORE, trustAfter: TRUST_AFTER, ...exchange(name, 'inquiry') },
});
const undone = (name: string) => ({ compensation: { effect: 'keyed' as const, ...exchange(name, 'undo') } });
const operation = (name: string, effect: Operation['effect']): Operation => ({
  ...{ title, effect, input, output },
  ...exchange(name, 'send'),
});

/** News of an operation: `{ id, key?, reference?, outcome }`, applied as it says. */
const news = (tells: string) => ({
  tells,
  path: `/news/${tells}`,
  read: ({ body }: { body: unknown }) => body as never,
  answer: (hosted: HostedCase) => ({
    status: hosted.is === 'busy' ? 503 : 200,
    body: { case: hosted.is },
    ...(hosted.is === 'found' && hosted.message.outcome && { apply: hosted.message.outcome }),
  }),
});

export const simAdapter: Adapter = {
  name: 'sim',
  version: '1.0.0',
  title,
  settings: { type: 'object', additionalProperties: true },
  signIn: { sign: () => ({}), verify: () => null },
  operations: {
    look: operation('look', 'read'),
    /** Keyed, with nothing to ask. */
    file: { ...operation('file', 'keyed'), ...undone('file') },
    reserve: { ...operation('reserve', 'keyed'), ...asked('reserve'), ...undone('reserve') },
    enter: { ...operation('enter', 'inquirable'), ...asked('enter'), ...undone('enter') },
    stamp: operation('stamp', 'once'),
    /** Once, and may be asked about. */
    seal: { ...operation('seal', 'once'), ...asked('seal') },
    charge: { ...operation('charge', 'keyed'), money: true, ...asked('charge'), ...undone('charge') },
    /** Nothing is sent: the agency comes to us. */
    visit: {
      ...operation('visit', 'once'),
      request: (_, { key }) => ({ pending: { reference: `V-${key}` } }),
    },
  },
  hosted: Object.fromEntries(
    ['file', 'reserve', 'enter', 'stamp', 'seal', 'charge', 'visit'].map((name) => [name, news(name)]),
  ) as never,
};
