/** The stage of a rehearsal: a whole bus in one process and in virtual time, with a ledger in memory and the agencies' stand-ins. */
import { createSecretKey } from 'node:crypto';
import type { Adapter } from '../adapter-kit/contract.ts';
import { joinBus, type Bus } from '../bus.ts';
import type { Clock } from '../clock.ts';
import type { Catalogue, Platform } from '../domain/catalogue.ts';
import type { ExchangeArgs } from '../flow/ports/caller.ts';
import { SCOPES, type DeskLedger } from '../flow/ports/ledger-desk.ts';
import type { Log, LogFields } from '../flow/ports/log.ts';
import { SWEEP_MS } from '../flow/share.ts';
import type { Vault } from '../flow/ports/vault.ts';
import { newApiKey } from '../http/auth.ts';
import { sqliteLedger } from '../ledger/sqlite/index.ts';
import { makeVault } from '../privacy/keys.ts';
import { makeMask } from '../privacy/mask.ts';
import { memoryQueue } from '../queue/memory-queue.ts';
import { virtualClock, type VirtualClock } from '../virtual-clock.ts';
import { rehearsalCaller } from './caller.ts';
import { heldAdapter } from './held-adapter.ts';
import { castPlayers, type Heard, type Player, type SimulatorOf } from './players.ts';

export interface StageOptions {
  catalogue: Catalogue;
  adapters: Adapter[];
  simulatorOf: SimulatorOf;
  /** Gives real turns of the event loop; its time is not asked for. */
  turn: Clock['turn'];
  /** When the rehearsal begins, ms; a Monday at 9 in Western Indonesia unless given. */
  start?: number;
  seed?: number;
  /** Where it is written down; in memory unless given. */
  store?(clock: Clock): { ledger: DeskLedger; vault: Vault };
}

/** A line of the log that speaks of trouble. */
export interface Trouble {
  at: number;
  event: string;
  fields: LogFields;
}

export interface Stage {
  clock: VirtualClock;
  bus: Bus;
  ledger: DeskLedger;
  catalogue: Catalogue;
  players: Map<string, Player>;
  /** The platform that sends: whatever it sends, no real person is meant. */
  platform: Platform;
  heard: Heard[];
  troubles: Trouble[];
  /** Asks the bus over its API, under a key of `who`. */
  call(path: string, init?: Asked): Promise<Response>;
  /** Called before each exchange with an agency. */
  onExchange(hook: (args: ExchangeArgs, player: Player) => Promise<void>): void;
  close(): Promise<void>;
}

export interface Asked {
  method?: string;
  body?: unknown;
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  who?: string;
}

export const START = '2026-11-16T02:00:00Z';
const URL_OF_BUS = 'http://bus.test';

export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed = 1, start = Date.parse(START) } = options;
  const clock = virtualClock({ start, seed, turn: options.turn });
  const troubles: Trouble[] = [];
  const heard: Heard[] = [];
  const hooks: Parameters<Stage['onExchange']>[0][] = [];
  const { ledger, vault } = (options.store ?? inMemory)(clock);
  const log = logOf(clock, troubles);
  let players = new Map<string, Player>();
  let hear: Bus['app']['request'] = () => new Response(null, { status: 503 });
  players = await castPlayers(options.catalogue.agencies, {
    ...{ clock, heard, simulatorOf: options.simulatorOf },
    hosted: async (agency, path, init) => hear(`${URL_OF_BUS}/hosted/${agency}${path}`, init),
  });
  const catalogue = rehearsed(options.catalogue, players);
  const mask = makeMask([]);
  const bus = joinBus({
    ...{ catalogue, ledger, log, url: URL_OF_BUS },
    adapters: options.adapters.map((adapter) => heldAdapter(adapter, clock)),
    clock: sweeping(clock),
    queue: memoryQueue(clock, log),
    vault,
    caller: rehearsalCaller({
      ...{ clock, mask, players: () => players },
      before: async (args, player) => {
        for (const hook of hooks) await hook(args, player);
      },
    }),
    poster: { post: async () => ({ status: 204 }), close: async () => undefined },
  });
  hear = bus.app.request;
  const stop = bus.work();
  await clock.settleTurns();
  const platform = catalogue.platforms[0]!;
  return {
    ...{ clock, bus, ledger, catalogue, players, platform, heard, troubles },
    call: callerOf(bus, clock, platform.id),
    onExchange: (hook) => void hooks.push(hook),
    async close() {
      await clock.during(Promise.race([stop(), clock.settleTurns()]));
      await ledger.close();
    },
  };
}

function inMemory(clock: Clock): { ledger: DeskLedger; vault: Vault } {
  const kek = { id: 'rehearsal', key: createSecretKey(clock.random(32)) };
  const vault = makeVault({ kek, index: createSecretKey(clock.random(32)) }, clock);
  return { ledger: sqliteLedger(':memory:', clock), vault };
}

/** The sweep is set again whatever happens: what is to come is read from the ledger, not from it. */
function sweeping(clock: VirtualClock): Clock {
  return {
    ...clock,
    after: (ms, fn) => (ms === SWEEP_MS ? clock.recurring(ms, fn) : clock.after(ms, fn)),
  };
}

/** With the agencies as they are played, and a platform that may send people who do not exist. */
function rehearsed(catalogue: Catalogue, players: Map<string, Player>): Catalogue {
  const { platforms } = catalogue;
  const first = platforms.find(({ sandbox }) => sandbox) ?? platforms[0]!;
  const { quota: _, ...sender } = { ...first, sandbox: true };
  return {
    ...catalogue,
    agencies: [...players.values()].map(({ agency }) => agency),
    platforms: [sender, ...platforms.filter(({ id }) => id !== first.id)],
  };
}

/** What the author of a route has to know of; that an agency did not answer the timeline tells. */
const TROUBLES: ReadonlySet<string> = new Set(['child.refused', 'decision.refused', 'step.withheld']);

function logOf(clock: Clock, troubles: Trouble[]): Log {
  const keep = (event: string, fields: LogFields = {}): void =>
    void troubles.push({ at: clock.now(), event, fields });
  return {
    info: () => undefined,
    warn: (event, fields) => void (TROUBLES.has(event) && keep(event, fields)),
    error: keep,
  };
}

function callerOf({ app, desk }: Bus, clock: VirtualClock, platform: string): Stage['call'] {
  const keys = new Map<string, string>();
  const keyOf = async (who: string): Promise<string> => {
    const known = keys.get(who);
    if (known !== undefined) return known;
    const made = newApiKey(desk, { platform, scopes: SCOPES, title: who, expiresAt: null });
    await clock.during(desk.ledger.createKey(made.row));
    keys.set(who, made.text);
    return made.text;
  };
  return async (path, { method, body, bytes, headers, who = 'counter' } = {}) => {
    const content = body === undefined ? bytes : JSON.stringify(body);
    const init = {
      method: method ?? (content === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${await keyOf(who)}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content !== undefined && { body: content as string | Uint8Array<ArrayBuffer> }),
    };
    return clock.during(Promise.resolve(app.request(URL_OF_BUS + path, init)));
  };
}
