/** Faults put on the wire between the caller and a stand-in, before or after the request has done its work. */
import type { Sent } from '../../../outbound/transport.ts';
import type { HandClock } from './hand-clock.ts';
import { PAGE, WAIT_SECONDS } from './faulty-replies.ts';
import type { FaultName } from './table.ts';

export interface Striking {
  /** Has the stand-in do its work. */
  serve(): Promise<Sent>;
  time: HandClock;
  /** Milliseconds since the epoch. */
  deadline: number;
}

export interface Strike {
  fault: FaultName;
  /** How it is told in a report: `http_502 after the work`. */
  name: string;
  hit(striking: Striking): Promise<Sent>;
}

type Response = Extract<Sent, { is: 'response' }>;

function response(status: number, headers: Record<string, string>, body: string): Response {
  return { is: 'response', status, headers, body: Buffer.from(body) };
}

const page = (status: number): Response => response(status, { 'content-type': 'text/html' }, PAGE);

/** Nothing is done; this is answered. */
function before(fault: FaultName, answer: (at: number) => Sent, name: string = fault): Strike {
  return { fault, name, hit: async ({ time }) => answer(time.now()) };
}

/** It is done, and the answer spoilt. What is no answer stays as it is. */
function after(fault: FaultName, spoil: (sent: Response) => Sent, name = `${fault} after the work`): Strike {
  return {
    fault,
    name,
    async hit({ serve }) {
      const sent = await serve();
      return sent.is === 'response' ? spoil(sent) : sent;
    },
  };
}

async function lost({ time, deadline }: Striking): Promise<Sent> {
  await time.to(deadline);
  return { is: 'lost', code: 'timeout' };
}

const cut = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));
const date = (at: number): string => new Date(at + WAIT_SECONDS * 1000).toUTCString();

export const STRIKES: readonly Strike[] = [
  {
    fault: 'lost_reply',
    name: 'time-out after the work',
    async hit(striking) {
      await striking.serve();
      return lost(striking);
    },
  },
  { fault: 'never_arrived', name: 'time-out before the work', hit: lost },
  before('http_500', () => page(500)),
  before('http_503', () => page(503)),
  ...([500, 502, 504] as const).map((status) => after(`http_${status}`, () => page(status))),
  before('rate_limit', () => response(429, { 'retry-after': String(WAIT_SECONDS) }, '')),
  before('rate_limit', (at) => response(429, { 'retry-after': date(at) }, ''), 'rate_limit by date'),
  after('malformed', ({ status, headers }) => response(status, headers, '<html>bad gateway')),
  after('truncated', (sent) => ({ ...sent, body: cut(sent.body) })),
  after('oversized', ({ status, headers }) => ({ is: 'tooLarge', status, headers })),
  after('html_200', ({ status }) => page(status)),
  before('html_200', () => page(200)),
  after('empty_200', ({ status }) => response(status, {}, '')),
  after('wrong_type', (sent) => ({ ...sent, headers: { 'content-type': 'application/octet-stream' } })),
  before('redirect', () => response(302, { location: 'http://elsewhere.test/' }, '')),
  before('gateway_404', () => page(404)),
];

/** Put on the first question after a lost answer. */
export const QUESTION_STRIKES: readonly Strike[] = [
  before('gateway_404', () => page(404)),
  before('gateway_404_json', () =>
    response(404, { 'content-type': 'application/json' }, '{"message":"no Route matched with those values"}'),
  ),
  before('html_200', () => page(200)),
  before('http_500', () => page(500)),
  before('rate_limit', () => response(429, { 'retry-after': String(WAIT_SECONDS) }, '')),
  { fault: 'never_arrived', name: 'time-out', hit: lost },
];

/** Put on an undo: it was done, and nobody heard of it. */
export const UNDO_STRIKES: readonly Strike[] = STRIKES.filter(({ name }) => name.endsWith('after the work'));
