/** A whole bus in one process and in virtual time: real flow, ledger, queue, vault and edge beside agencies reached in process. */
import { createSecretKey } from 'node:crypto';
import { makeSimulator as bank } from '../../adapters/banking/simulator.ts';
import { makeSimulator as civilRegistry } from '../../adapters/civil-registry/simulator.ts';
import { adapters } from '../../adapters/index.ts';
import { makeSimulator as police } from '../../adapters/police/simulator.ts';
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import type { ExamplesOf } from '../../src/adapter-kit/registry.ts';
import type { MakeSimulator, Simulator } from '../../src/adapter-kit/simulator.ts';
import { joinBus, type Bus } from '../../src/bus.ts';
import type { Clock } from '../../src/clock.ts';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { ProcessRow } from '../../src/domain/installation.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { ConfigSource } from '../../src/flow/ports/config-source.ts';
import type { CallbackPost, CallbackPosted } from '../../src/flow/ports/callback-poster.ts';
import { SCOPES, type DeskLedger, type Scope } from '../../src/flow/ports/ledger-desk.ts';
import type { Queue } from '../../src/flow/ports/queue.ts';
import { newApiKey } from '../../src/http/auth.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { makeVault } from '../../src/privacy/keys.ts';
import { makeMask } from '../../src/privacy/mask.ts';
import { memoryQueue } from '../../src/queue/memory-queue.ts';
import { makeLog } from '../../src/watch/log.ts';
import { shippedCatalogue } from './catalogues.ts';
import { inProcessCaller, type CallerParts, type Door } from './in-process-caller.ts';
import { testAdapter, testAgency, type TestAgency } from './test-agency.ts';
import { virtualClock, type StoppableClock, type VirtualClock } from './virtual-clock.ts';

export interface WorldOptions {
  /** Default: the shipped mall. */
  catalogue?: Catalogue;
  seed?: number;
  start?: string;
  /** Path of the ledger's file; default in memory. */
  ledgerPath?: string;
  /** Beside the shipped ones and the test adapter. */
  adapters?: Adapter[];
  /** Where the configuration is read anew; without it, it stays as it is. */
  config?: ConfigSource;
  /** Of adapters, as the first known shapes of replies; default none. */
  examples?: ExamplesOf;
  /** Answers callbacks; default 204. */
  receiver?: (post: CallbackPost) => CallbackPosted | Promise<CallbackPosted>;
  /** No worker of its own: a test starts them by `startWorker`, or none. */
  idle?: boolean;
  /** Wraps the ledger, to come between its verbs. */
  wrapLedger?: (ledger: DeskLedger) => DeskLedger;
  /** Wraps each process's queue, to lose, repeat or watch its bells. */
  wrapQueue?: (queue: Queue) => Queue;
}

export interface ProcessOptions {
  /** Its own files; else those of the world. */
  config?: ConfigSource;
  process?: Pick<ProcessRow, 'name' | 'role'>;
}

/** One process of the bus over the shared ledger. */
export interface Worker {
  bus: Bus;
  queue: Queue;
  clock: StoppableClock;
  /** Lets a test stop it before or after it sends. */
  gates: NonNullable<CallerParts['gates']>;
  stop(): Promise<void>;
}

export interface World {
  clock: VirtualClock;
  bus: Bus;
  queue: Queue;
  ledger: DeskLedger;
  catalogue: Catalogue;
  doors: Map<string, Door>;
  /** Stand-ins of the shipped adapters, by agency id. */
  simulators: Record<string, Simulator>;
  /** Stand-ins of the test adapter, by agency id. */
  agencies: Record<string, TestAgency>;
  /** Every line logged, as text. */
  log: string[];
  posts: CallbackPost[];
  /** Starts one more process; the first is started with the world unless it is `idle`. An api answers no lane. */
  startWorker(as?: ProcessOptions): Worker;
  /** What an agency sends to our side. */
  hosted(
    agency: string,
    path: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ): Promise<Response>;
  /** News of the test agency. */
  news(agency: string, operation: string, message: JsonObject): Promise<Response>;
  /** Calls the API with a key of the platform's own, every scope. */
  call(
    path: string,
    init?: {
      method?: string;
      body?: unknown;
      bytes?: Uint8Array;
      headers?: Record<string, string>;
      platform?: string;
    },
  ): Promise<Response>;
  /** An API key's text. */
  key(platform: string, scopes?: Scope[]): Promise<string>;
  close(): Promise<void>;
}

const SIMULATORS: Record<string, MakeSimulator> = { 'civil-registry': civilRegistry, banking: bank, police };
const URL_OF_BUS = 'http://bus.test';

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const clock = virtualClock({
    ...(options.start !== undefined && { start: options.start }),
    seed: options.seed ?? 1,
  });
  const { catalogue, bankPrivateKey } = options.catalogue
    ? { catalogue: options.catalogue, bankPrivateKey: '' }
    : await shippedCatalogue();
  const log: string[] = [];
  const ownLedger = sqliteLedger(options.ledgerPath ?? ':memory:', clock);
  const ledger = options.wrapLedger?.(ownLedger) ?? ownLedger;
  const kek = { id: 'test', key: createSecretKey(Buffer.alloc(32, 7)) };
  const keyFile = { kek, index: createSecretKey(Buffer.alloc(32, 9)) };
  const parts = {
    catalogue,
    ledger,
    log: makeLog('info', makeMask([]), { write: (line) => void log.push(line) }),
  };
  const posts: CallbackPost[] = [];
  const doors = new Map<string, Door>();
  const running: (() => Promise<void>)[] = [];

  const startProcess = (own: Clock, as: ProcessOptions = {}): Pick<Worker, 'bus' | 'queue' | 'gates'> => {
    const gates: Worker['gates'] = {};
    const memory = memoryQueue(own, parts.log);
    const queue = options.wrapQueue?.(memory) ?? memory;
    const bus = joinBus({
      ...parts,
      queue,
      clock: own,
      vault: makeVault(keyFile, own),
      caller: inProcessCaller({ clock: own, track: clock.track, doors, gates }),
      poster: { post: async (post) => posted(posts, post, options.receiver), close: async () => undefined },
      adapters: [...adapters, testAdapter, ...(options.adapters ?? [])],
      url: URL_OF_BUS,
      ...(options.examples && { examples: options.examples }),
      ...(options.config && { config: options.config }),
      ...as,
    });
    return { bus, queue, gates };
  };
  const startWorker = (as?: ProcessOptions): Worker => {
    const own = clock.fork();
    const process = startProcess(own, as);
    const stop = as?.process?.role === 'api' ? process.bus.ring() : process.bus.work();
    running.push(stop);
    return { ...process, clock: own, stop };
  };
  const first = options.idle ? startProcess(clock) : startWorker();
  const { bus } = first;

  const hear: World['hosted'] = (agency, path, init) =>
    clock.track(Promise.resolve(bus.app.request(`${URL_OF_BUS}/hosted/${agency}${path}`, init)));
  const hosted: World['hosted'] = (...message) => clock.during(hear(...message));
  const standIns = openStandIns(catalogue, clock, doors, bankPrivateKey, hear);
  const keys = new Map<string, Promise<string>>();
  const made = async (platform: string, scopes: Scope[]): Promise<string> => {
    const { text, row } = newApiKey(bus.desk, { platform, scopes, title: 'test', expiresAt: null });
    await clock.during(ledger.createKey(row));
    return text;
  };
  const key: World['key'] = (platform, scopes = SCOPES) => {
    const name = `${platform} ${scopes.join()}`;
    const known = keys.get(name) ?? made(platform, scopes);
    keys.set(name, known);
    return known;
  };
  await clock.settleTurns();
  return {
    ...{
      clock,
      bus,
      queue: first.queue,
      ledger,
      catalogue,
      doors,
      ...standIns,
      log,
      posts,
      startWorker,
      hosted,
      key,
    },
    news: (agency, operation, message) =>
      hosted(agency, `/news/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      }),
    async call(path, { method, body, bytes, headers, platform = catalogue.platforms[0]!.id } = {}) {
      const text = body === undefined ? bytes : JSON.stringify(body);
      const init = {
        method: method ?? (text === undefined ? 'GET' : 'POST'),
        headers: {
          authorization: `Bearer ${await key(platform)}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text !== undefined && { body: text as string | Uint8Array<ArrayBuffer> }),
      };
      return clock.during(Promise.resolve(bus.app.request(`${URL_OF_BUS}${path}`, init)));
    },
    async close() {
      // A worker that was left stopped in the middle has nothing to wait for.
      await clock.during(Promise.race([Promise.all(running.map((stop) => stop())), clock.settleTurns()]));
      await ledger.close();
    },
  };
}

async function posted(
  posts: CallbackPost[],
  post: CallbackPost,
  receiver: WorldOptions['receiver'],
): Promise<CallbackPosted> {
  posts.push(post);
  return (await receiver?.(post)) ?? { status: 204 };
}

function openStandIns(
  catalogue: Catalogue,
  clock: VirtualClock,
  doors: Map<string, Door>,
  bankPrivateKey: string,
  hosted: World['hosted'],
): Pick<World, 'simulators' | 'agencies'> {
  const simulators: World['simulators'] = {};
  const agencies: World['agencies'] = {};
  for (const { id, adapter, settings } of catalogue.agencies) {
    const make = SIMULATORS[adapter];
    const stand = make
      ? (simulators[id] = make({
          settings: { ...settings, simulator: { privateKey: bankPrivateKey } },
          now: clock.now,
          after: clock.after,
          send: (path, init) => hosted(id, path, init),
        }))
      : (agencies[id] = testAgency(clock.now));
    doors.set(id, { open: true, fetch: (request) => stand.fetch(request) });
  }
  return { simulators, agencies };
}
