/** The bus's edge in one process over a ledger in memory: nobody works, so what comes in is all that happens. */
import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { adapters } from '../../adapters/index.ts';
import { joinBus, type Bus } from '../../src/bus.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject, JsonValue } from '../../src/domain/outcome.ts';
import type { CallbackPost, CallbackPosted } from '../../src/flow/ports/callback-poster.ts';
import type { Caller, Exchanged } from '../../src/flow/ports/caller.ts';
import { SCOPES, type DeskLedger, type Scope } from '../../src/flow/ports/ledger-desk.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { makeVault } from '../../src/privacy/keys.ts';
import { makeMask } from '../../src/privacy/mask.ts';
import { memoryQueue } from '../../src/queue/memory-queue.ts';
import { makeLog } from '../../src/watch/log.ts';
import { shippedCatalogue } from '../support/catalogues.ts';

export const URL_OF_BUS = 'https://bus.example.go.id';
/** Sandbox, and not. */
export const SANDBOX = 'mpp-kuburaya';
export const REAL = 'mpp-digital';

export interface Sent {
  status: number;
  headers: Headers;
  text: string;
  /** Null when the text is no JSON. */
  body: JsonObject;
}

export interface Send {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: JsonValue;
  body?: string | Uint8Array<ArrayBuffer>;
  /** An API key's text; default one of the sandbox platform with every scope; null for none. */
  key?: string | null;
}

export interface SmallWorld {
  bus: Bus;
  ledger: DeskLedger;
  catalogue: Catalogue;
  clock: Clock & { skip(ms: number): void };
  /** Every line logged. */
  log: string[];
  posts: CallbackPost[];
  key(platform?: string, scopes?: Scope[]): Promise<string>;
  request(path: string, send?: Send): Promise<Response>;
  send(path: string, send?: Send): Promise<Sent>;
  /** Submits, under a fresh key unless one is given. */
  submit(application: JsonObject, idempotencyKey?: string): Promise<Sent>;
  count(): Promise<number>;
  close(): Promise<void>;
}

export interface SmallWorldOptions {
  /** What an agency answers when a test runs a step; by default none may be called. */
  exchange?: Caller['exchange'];
  receiver?: (post: CallbackPost) => CallbackPosted;
  /** How late the event loop is said to run. */
  loopDelayMs?: () => number;
  /** The ledger's file; in memory when absent. */
  path?: string;
}

export async function smallWorld({
  exchange,
  receiver,
  path = ':memory:',
  ...load
}: SmallWorldOptions = {}): Promise<SmallWorld> {
  const shipped = (await shippedCatalogue()).catalogue;
  const catalogue = { ...shipped, services: new Map(shipped.services), routes: new Map(shipped.routes) };
  const log: string[] = [];
  const posts: CallbackPost[] = [];
  let skipped = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + skipped,
    skip: (ms: number) => void (skipped += ms),
  };
  const lines = makeLog('info', makeMask([]), { write: (line) => void log.push(line) });
  const ledger = sqliteLedger(path, clock);
  const kek = { id: 'test', key: createSecretKey(Buffer.alloc(32, 7)) };
  const bus = joinBus({
    ...{ clock, ledger, catalogue, adapters, log: lines, url: URL_OF_BUS, queue: memoryQueue(clock, lines) },
    ...load,
    vault: makeVault({ kek, index: createSecretKey(Buffer.alloc(32, 9)) }, clock),
    caller: {
      exchange: exchange ?? nobody,
      fetchDocument: nobody,
      dropToken: () => undefined,
      close: async () => undefined,
    },
    poster: {
      post: async (post) => (posts.push(post), receiver?.(post) ?? { status: 204 }),
      close: async () => undefined,
    },
  });
  const key: SmallWorld['key'] = async (platform = SANDBOX, scopes = SCOPES) => {
    const { text, row } = newApiKey(bus.desk, { platform, scopes, title: 'test', expiresAt: null });
    await ledger.createKey(row);
    return text;
  };
  const own = await key();
  const request: SmallWorld['request'] = async (
    path,
    { method, headers = {}, json, body, key: shown = own } = {},
  ) => {
    const payload = json === undefined ? body : JSON.stringify(json);
    return bus.app.request(path.startsWith('http') ? path : URL_OF_BUS + path, {
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
      headers: {
        ...(shown !== null && { authorization: `Bearer ${shown}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { body: payload }),
    });
  };
  const send: SmallWorld['send'] = async (path, init) => {
    const response = await request(path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
  let submissions = 0;
  return {
    ...{ bus, ledger, catalogue, clock, log, posts, key, request, send },
    submit: (json, idempotencyKey = `key-${(submissions += 1)}`) =>
      send('/v1/applications', { json, headers: { 'idempotency-key': idempotencyKey } }),
    count: async () => (await ledger.list({ most: 10_000 })).length,
    close: () => ledger.close(),
  };
}

function nobody(): never {
  throw new Error('No agency may be called here');
}

export const scripted =
  (...replies: Exchanged[]): Caller['exchange'] =>
  async () =>
    replies.shift() ?? nobody();

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}

const example = (file: string): string =>
  readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');

/** What must never stand in an answer, a URL or a log line. */
export const CANARIES = ['9901011405019999', 'Contoh Pelamar', '+6280000000007'];

let references = 0;

/** A police record certificate for one made-up person, without its photo unless asked for. */
export function application(fields: JsonObject = {}): JsonObject {
  references += 1;
  const { documents: _, ...body } = JSON.parse(example('07-skck-loket.json')) as JsonObject;
  return { ...body, clientReference: `TEST-${references}`, ...fields };
}

/** The applicant of `application` with other fields. */
export function applicant(fields: JsonObject): JsonObject {
  return { applicant: { ...(application()['applicant'] as JsonObject), ...fields } };
}

export const PHOTO: Uint8Array<ArrayBuffer> = new Uint8Array(
  readFileSync(new URL('../../examples/photo.jpg', import.meta.url)),
);
