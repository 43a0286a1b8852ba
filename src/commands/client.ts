/** The API as the commands use it: one door over fetch that asks again when the bus says "not now" and it is safe to. */
import { sleep, type Clock } from '../clock.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import { ask, Broken, type Asked, type Reply } from './client-door.ts';

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  body: T;
}

/** The API refused; `message` is fit to print. */
export class ApiRefused extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, body: Record<string, unknown>, waitMs = 0) {
    const requestId =
      status >= 500 && typeof body['requestId'] === 'string' ? ` (request ${body['requestId']})` : '';
    const later =
      waitMs > 0 ? [`  the bus asks to wait ${Math.ceil(waitMs / 1000)} s before you try again`] : [];
    const first = `${status} ${text(body['code'])}: ${text(body['detail']) || 'no detail'}${requestId}`;
    super([first, ...problemLines(body['problems']), ...later].join('\n'));
    this.status = status;
    this.body = body;
  }
}

/** No answer came, or none that the API gives; `message` is fit to print. */
export class NoAnswer extends Error {}

export interface Client {
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  /** Asked again after a lost answer only when the headers hold an Idempotency-Key. */
  post<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<T>>;
  putBytes(path: string, bytes: Uint8Array): Promise<void>;
  bytes(path: string): Promise<Uint8Array>;
}

/** Tries of one request: the same one each time, with the same Idempotency-Key. */
const MOST_TRIES = 5;
/** A bus that asks for more patience than this is told to the person instead. */
const MOST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 400;

/** `tell` hears why it takes longer. */
export function makeClient(
  url: string,
  key: string,
  clock: Clock,
  tell: (line: string) => void = () => {},
): Client {
  let wasReached = false;
  const call = async (asked: Asked): Promise<Reply> => {
    for (let tries = 1; ; tries += 1) {
      const reply = await ask(url, key, clock, asked);
      const wait = waitBefore(reply, tries, clock);
      const again = tries < MOST_TRIES && wait <= MOST_WAIT_MS && mayRepeat(asked, reply, wasReached);
      wasReached ||= !(reply instanceof Broken);
      if (!again) {
        if (reply instanceof Broken) throw new NoAnswer(brokenText(url, asked, reply));
        return reply;
      }
      tell(
        `${reply instanceof Broken ? `no answer (${reply.why})` : `the bus says not now (${reply.status})`}: again in ${wait} ms`,
      );
      await sleep(clock, wait);
    }
  };
  const json = async <T>(asked: Asked): Promise<ApiAnswer<T>> => {
    const reply = await call(asked);
    const body = jsonOf(url, reply);
    if (!isWell(reply)) throw refusal(reply, body, clock);
    return { status: reply.status, body: body as T };
  };
  return {
    get: async <T>(path: string) => (await json<T>({ method: 'GET', path, headers: {} })).body,
    post: (path, body, headers = {}) =>
      json({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async putBytes(path, bytes) {
      await json({ method: 'PUT', path, headers: {}, body: bytes });
    },
    async bytes(path) {
      const reply = await call({ method: 'GET', path, headers: {} });
      if (!isWell(reply)) throw refusal(reply, jsonOf(url, reply), clock);
      return reply.bytes;
    },
  };
}

const isWell = ({ status }: Reply): boolean => status >= 200 && status < 300;

/** What may be asked again: anything that surely was not taken, and what the bus knows again when it was. */
function mayRepeat({ method, headers }: Asked, reply: Reply | Broken, wasReached: boolean): boolean {
  const isSafe = method !== 'POST' || 'idempotency-key' in headers;
  // A bus that was never there is not waited for; one that went away may be restarting.
  if (reply instanceof Broken) return reply.unsent ? wasReached : isSafe;
  return reply.status === 429 || (reply.status === 503 && isSafe);
}

function waitBefore(reply: Reply | Broken, tries: number, clock: Clock): number {
  const backoff = FIRST_WAIT_MS * 2 ** (tries - 1);
  return reply instanceof Broken ? backoff : Math.max(backoff, retryAfter(reply, clock));
}

/** Milliseconds; seconds or an HTTP date in the header, 0 without one. */
function retryAfter({ headers }: Reply, clock: Clock): number {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  return Math.max(0, (Date.parse(value) || 0) - clock.now());
}

function refusal(reply: Reply, body: JsonObject, clock: Clock): ApiRefused {
  return new ApiRefused(reply.status, body, retryAfter(reply, clock));
}

function jsonOf(url: string, { status, headers, bytes }: Reply): JsonObject {
  if (bytes.length === 0 && status === 204) return {};
  const type = headers.get('content-type')?.split(';')[0] ?? 'no content type';
  try {
    if (!/[/+]json$/i.test(type)) throw new Error('another type');
    const value = parseJson(bytes, AGENCY_LIMITS);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
    return value;
  } catch {
    throw new NoAnswer(
      `${url} answered ${status} (${type}), not as a Jembatan bus does: check JEMBATAN_URL and what stands before the bus`,
    );
  }
}

function brokenText(url: string, { method, headers }: Asked, { why, unsent }: Broken): string {
  if (unsent) return `No bus answers at ${url} (${why}): start it (jembatan start) or set JEMBATAN_URL`;
  if (method !== 'POST') return `The connection to ${url} broke (${why}): try again`;
  if ('idempotency-key' in headers) {
    return `The connection to ${url} broke (${why}): send again, the same Idempotency-Key makes it safe`;
  }
  return `The connection to ${url} broke (${why}): whether it was done is not known; look (jembatan show) before you repeat it`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function problemLines(problems: unknown): string[] {
  if (!Array.isArray(problems)) return [];
  return (problems as unknown[]).map((one) => {
    const { pointer, code, detail } = (one ?? {}) as Record<string, unknown>;
    return `  ${text(pointer) || '/'} ${text(code)}: ${text(detail)}`;
  });
}
