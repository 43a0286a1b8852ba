/** A tiny agency for tests: one operation of each effect, whose every answer a test may script, and a book of effects. */
import type {
  Adapter,
  Call,
  Exchange,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { LOST_HEADER } from '../../src/adapter-kit/simulator.ts';

type Kind = 'send' | 'inquiry' | 'undo';

/** One request that reached the agency. */
export interface Asked {
  operation: string;
  kind: Kind;
  key: string;
  tryKey: string;
  reference?: string;
  input: JsonObject;
  /** The how-manieth of this operation and kind, from 1. */
  n: number;
  at: number;
}

export type Answer =
  | Outcome
  /** Nothing was done, and no answer comes. */
  | 'loseBefore'
  /** It was done, and no answer comes. */
  | 'loseAfter'
  | { status: number; headers?: Record<string, string> };

export interface TestAgency {
  fetch(request: Request): Promise<Response>;
  asked: Asked[];
  /** How often the operation was done, by key; a keyed one is done once for a key. */
  effects: Map<string, number>;
  /** Keys whose operation was undone. */
  undone: string[];
  /** Decides answers; `undefined` leaves it to the agency: done, found or undone. */
  script: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;
}

const exchange = (operation: string, kind: Kind): Exchange => ({
  request: (input: JsonObject, { key, tryKey, reference, carry }: Call) => ({
    method: 'POST',
    path: `/${operation}/${kind}`,
    body: {
      json: { key, tryKey, input, ...(reference !== undefined && { reference }), ...(carry && { carry }) },
    },
  }),
  reply: (wire: WireReply, _input: JsonObject, { tools }: Call): Outcome =>
    tools.byStatus(wire) ?? ((wire.body as JsonObject)['outcome'] as unknown as Outcome),
});

const schema = { type: 'object', additionalProperties: true };
const title = { id: 'Uji', en: 'Test' };
const inquiry = (name: string) => ({
  inquiry: { notBefore: '60s', trustAfter: '10m', ...exchange(name, 'inquiry') },
});
const undo = (name: string) => ({ compensation: { effect: 'keyed' as const, ...exchange(name, 'undo') } });
const operation = (name: string, effect: Operation['effect']): Operation => ({
  ...{ title, effect, input: schema, output: schema },
  ...exchange(name, 'send'),
});

/** News of an operation: `{ id, key?, reference?, outcome }`, applied as it says. */
const news = (tells: string) => ({
  tells,
  path: `/news/${tells}`,
  read: ({ body }: { body: unknown }) => body as never,
  answer: (hostedCase: { is: string; message?: { outcome?: Outcome } }) => ({
    status: hostedCase.is === 'busy' ? 503 : 200,
    body: { case: hostedCase.is },
    ...(hostedCase.is === 'found' && hostedCase.message?.outcome && { apply: hostedCase.message.outcome }),
  }),
});

export const testAdapter: Adapter = {
  name: 'test',
  version: '1.0.0',
  title,
  settings: schema,
  signIn: { sign: () => ({}), verify: () => null },
  operations: {
    look: operation('look', 'read'),
    /** Keyed, with nothing to ask. */
    file: { ...operation('file', 'keyed'), ...undo('file') },
    /** Keyed, and may be asked about. */
    reserve: { ...operation('reserve', 'keyed'), ...inquiry('reserve'), ...undo('reserve') },
    enter: { ...operation('enter', 'inquirable'), ...inquiry('enter'), ...undo('enter') },
    stamp: operation('stamp', 'once'),
    /** Waits for news that cannot be asked for. */
    announce: { ...operation('announce', 'once'), request: () => ({ pending: { reference: 'ANN-1' } }) },
    charge: { ...operation('charge', 'keyed'), money: true, ...inquiry('charge'), ...undo('charge') },
  },
  hosted: Object.fromEntries(
    ['file', 'reserve', 'enter', 'stamp', 'announce', 'charge'].map((name) => [name, news(name)]),
  ) as never,
};

export function testAgency(now: () => number): TestAgency {
  const counts = new Map<string, number>();
  const agency: TestAgency = {
    asked: [],
    effects: new Map(),
    undone: [],
    script: () => undefined,
    async fetch(request) {
      const [, name, kind] = new URL(request.url).pathname.split('/') as [string, string, Kind];
      const counter = `${name}/${kind}`;
      const n = (counts.get(counter) ?? 0) + 1;
      counts.set(counter, n);
      const asked: Asked = {
        operation: name,
        kind,
        n,
        at: now(),
        ...((await request.json()) as Pick<Asked, 'key' | 'tryKey' | 'input'>),
      };
      agency.asked.push(asked);
      return respond(await decide(agency, asked));
    },
  };
  return agency;
}

async function decide(agency: TestAgency, asked: Asked): Promise<Answer> {
  const scripted = await agency.script(asked);
  if (asked.kind === 'send' && (scripted === undefined || isDone(scripted))) book(agency, asked);
  if (asked.kind === 'undo' && scripted === undefined) agency.undone.push(asked.key);
  return scripted ?? byItself(agency, asked);
}

function isDone(answer: Answer): boolean {
  return (
    answer === 'loseAfter' ||
    (typeof answer === 'object' && 'is' in answer && (answer.is === 'ok' || answer.is === 'pending'))
  );
}

function book({ effects }: TestAgency, { operation: name, key }: Asked): void {
  const keyed = testAdapter.operations[name]!.effect === 'keyed';
  effects.set(key, keyed ? 1 : (effects.get(key) ?? 0) + 1);
}

function byItself({ effects }: TestAgency, { kind, key }: Asked): Outcome {
  if (kind === 'inquiry' && !effects.has(key)) return { is: 'retry', code: 'NOT_RECEIVED' };
  return { is: 'ok', output: kind === 'undo' ? {} : { done: key } };
}

function respond(answer: Answer): Response {
  if (answer === 'loseBefore' || answer === 'loseAfter')
    return new Response(null, { headers: { [LOST_HEADER]: '1' } });
  if ('status' in answer) return new Response('', answer);
  return Response.json({ outcome: answer });
}
