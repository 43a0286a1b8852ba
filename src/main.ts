/** Opens a bus from its settings, serves it, and stops it well. */
import { hostname } from 'node:os';
import { adapters as shipped } from '../adapters/index.ts';
import type { Adapter, Example } from './adapter-kit/contract.ts';
import { examplesUnder } from './adapter-kit/examples.ts';
import { signInOf } from './adapter-kit/sign-in/index.ts';
import { tools } from './adapter-kit/tools.ts';
import { joinBus, type Bus } from './bus.ts';
import { sleep, systemClock, within } from './clock.ts';
import type { Env } from './config/env.ts';
import { lanesOf } from './config/lanes.ts';
import { openCatalogue as readCatalogue, type OpenCatalogue } from './config/open-catalogue.ts';
import { yamlExamples } from './connectors/yaml/index.ts';
import type { Catalogue } from './domain/catalogue.ts';
import type { Log } from './flow/ports/log.ts';
import { listen, shutDoor, tellToLeave } from './http/listen.ts';
import { workerDoor } from './http/worker-door.ts';
import { isShared, keepTime, openQueue, openStore } from './open.ts';
import { makeCallbackPoster } from './outbound/callback-post.ts';
import { makeCaller } from './outbound/http-call.ts';
import { growingMask } from './privacy/mask.ts';
import { configSource, openActivated } from './reopen.ts';
import { loopDelay } from './watch/load.ts';
import { makeLog } from './watch/log.ts';

export interface Running {
  bus: Bus;
  log: Log;
  url: string;
  port: number;
  /** Resolves when this process may not go on: another one answers its lanes. */
  lost: Promise<void>;
  /** Takes no more work, waits for what is open, closes everything. */
  stop(): Promise<void>;
}

/** The configuration, checked as a whole, with its secrets. Throws a ConfigError with every finding. */
export function openCatalogue(
  env: Env,
  source: Record<string, string | undefined>,
  adapters: readonly Adapter[] = shipped,
): Promise<OpenCatalogue> {
  return readCatalogue(env, source, adapters);
}

export interface StartOptions {
  env: Env;
  catalogue: Catalogue;
  secrets: string[];
  /** What the bus carries; the shipped list when absent. */
  adapters?: Adapter[];
  /** By adapter id, of those that do not come with the bus. */
  examples?: ReadonlyMap<string, readonly Example[]>;
  /** The environment that secrets may stand in; without it, the configuration cannot be read anew. */
  source?: Record<string, string | undefined>;
}

/** Starts the bus in its role and listens. Nothing is opened before the whole configuration holds. */
export async function start(options: StartOptions): Promise<Running> {
  const { env, catalogue, secrets, adapters = shipped, source } = options;
  const lanes = lanesOf(env.lanes, catalogue);
  const { mask, add } = growingMask(secrets);
  const config = source && (await configSource({ env, catalogue, adapters, source, mask: add }));
  const log = makeLog(env.logLevel, mask);
  const { ledger, vault, clock } = await openStore(env, 'owner');
  const undo: (() => unknown)[] = [() => ledger.close()];
  try {
    const activated = await openActivated(ledger, config);
    const released = isShared(env) ? 0 : await ledger.endLeases();
    const lost = Promise.withResolvers<void>();
    const { queue, release } = await openQueue(env, clock, log, lost.resolve);
    undo.unshift(release, () => queue.close());
    const caller = makeCaller({ clock, mask, signInOf, tools });
    const allowLoopback = catalogue.platforms.some(({ sandbox }) => sandbox);
    const poster = makeCallbackPoster({ clock, allowLoopback });
    undo.unshift(
      () => caller.close(),
      () => poster.close(),
    );
    // The door opens first, for only it knows which port a 0 became; nobody is let in before the bus is joined.
    const server = await listen((request, node) => door(request, node), env);
    undo.unshift(() => server.close());
    const { port } = server.address() as { port: number };
    const url = env.port === 0 ? env.url.replace(/:0$/, `:${port}`) : env.url;
    const delay = loopDelay(systemClock);
    const parts = { clock, log, ledger, queue, vault, caller, poster, adapters, catalogue, url };
    const ours = examplesUnder(ADAPTERS, readYaml);
    const examples = async (id: string): Promise<readonly Example[]> => options.examples?.get(id) ?? ours(id);
    const bus = joinBus({
      ...parts,
      examples,
      loopDelayMs: delay.ms,
      activated,
      process: { name: `${hostname()}:${port}`, role: env.role },
      ...(config && { config }),
      ...(lanes && { lanes }),
    });
    const door = env.role === 'worker' ? workerDoor(bus.app.fetch) : bus.app.fetch;
    const stopTime = keepTime(env, clock, log);
    const stopWork = env.role === 'api' ? bus.ring() : bus.work();
    const { role } = env;
    const counts = { agencies: catalogue.agencies.length, services: catalogue.services.size };
    log.info('bus.started', { role, port, ...counts, ...(lanes && { lanes: lanes.length }), released });
    const stop = async (): Promise<void> => {
      bus.drain();
      tellToLeave(server);
      const finishing = env.role === 'api' ? null : stopWork();
      if (env.drainMs > 0) await sleep(clock, env.drainMs);
      const underWay = Promise.all([finishing, shutDoor(server)]);
      // What is left then keeps its lease, and another process takes it over.
      if (!(await within(clock, env.graceMs, underWay))) log.warn('stop.unfinished');
      await Promise.all([caller.close(), poster.close()]);
      server.closeAllConnections();
      // What the last answers rang is sent before.
      if (!finishing) await stopWork();
      stopTime();
      delay.stop();
      await ledger.close();
      await within(clock, PARTING_MS, release());
      log.info('bus.stopped');
    };
    return { bus, log, url, port, lost: lost.promise, stop };
  } catch (error) {
    for (const close of undo) await close();
    throw error;
  }
}

/** A server that says nothing any more is not waited for. */
const PARTING_MS = 2_000;

const ADAPTERS = new URL('../adapters/', import.meta.url);

async function readYaml(folder: URL): Promise<Example[]> {
  return (await yamlExamples(folder)).map(({ example }) => example);
}
