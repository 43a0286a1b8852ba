/** The one place that joins the parts: ports to bodies, lanes to handlers, the HTTP edge to the desk. */
import type { Hono } from 'hono';
import { compile } from './schema/validate.ts';
import type { Adapter } from './adapter-kit/contract.ts';
import { busAdapter } from './adapter-kit/bus-adapter.ts';
import { makeRegistry, type ExamplesOf } from './adapter-kit/registry.ts';
import type { Clock } from './clock.ts';
import { BUS_AGENCY } from './domain/bus-agency.ts';
import type { Catalogue } from './domain/catalogue.ts';
import type { ProcessRow } from './domain/installation.ts';
import { CALLBACK_LANE } from './domain/lane.ts';
import { endEarly } from './desk/act.ts';
import { makeConfiguration, type Configuration, type Install } from './desk/configuration.ts';
import { composed } from './desk/in-force.ts';
import type { Desk } from './desk/look.ts';
import { NOTHING_ACTIVATED, type Activated } from './flow/activated.ts';
import { tellParent } from './flow/children.ts';
import { notify, type Notify } from './flow/notify.ts';
import type { CallbackPoster } from './flow/ports/callback-poster.ts';
import type { Caller } from './flow/ports/caller.ts';
import type { ConfigSource } from './flow/ports/config-source.ts';
import type { DeskLedger } from './flow/ports/ledger-desk.ts';
import type { Log } from './flow/ports/log.ts';
import type { Queue } from './flow/ports/queue.ts';
import type { Vault } from './flow/ports/vault.ts';
import { keepOn, keepRecovering, keepSharing } from './flow/recover.ts';
import { runStep } from './flow/run-step.ts';
import { makeShare } from './flow/share.ts';
import { createApp } from './http/app.ts';
import type { Env } from './http/edge.ts';
import { checkCallbackUrl } from './outbound/egress.ts';
import { watched } from './watch/metrics.ts';

export interface Parts {
  clock: Clock;
  log: Log;
  ledger: DeskLedger;
  queue: Queue;
  vault: Vault;
  caller: Caller;
  poster: CallbackPoster;
  adapters: Adapter[];
  /** Their examples, as the first known shapes of replies; without them those are learned. */
  examples?: ExamplesOf;
  /** Secrets resolved. */
  catalogue: Catalogue;
  /** Public base URL, without a slash at its end. */
  url: string;
  /** Where the catalogue comes from; without it, it stays as it is. */
  config?: ConfigSource;
  /** Versions of routes that were put in force before it started. */
  activated?: Activated;
  /** How this process is called among those of its installation. */
  process?: Pick<ProcessRow, 'name' | 'role'>;
  /** Lanes that this process answers; all when absent. */
  lanes?: string[];
  /** How late the event loop runs; never, when absent. */
  loopDelayMs?: () => number;
}

export interface Bus {
  desk: Desk;
  /** What can be changed while it runs; null without a source of configuration. */
  configuration: Configuration | null;
  app: Hono<Env>;
  /** Answers every lane and keeps recovering; the returned function stops taking bells and waits for the open ones. */
  work(): () => Promise<void>;
  /** Answers none and only rings lanes that other processes answer; the returned function stops that. */
  ring(): () => Promise<void>;
  /** Says "not ready" from now on. */
  drain(): void;
}

/** Endpoints served at once: a slow one holds one place, not the lane. */
const CALLBACKS = { concurrency: 16, perSecond: 500 };

/** The only process of its ledger. */
const ALONE = { name: 'bus', role: 'all' } as const;

export function joinBus(parts: Parts): Bus {
  const { queue, poster, url, adapters } = parts;
  const first = { files: parts.catalogue, activated: parts.activated ?? NOTHING_ACTIVATED };
  const inForce = { catalogue: composed(first), lanes: parts.lanes };
  const catalogue = (): Catalogue => inForce.catalogue;
  const { load, watch, ...measured } = watched(parts, catalogue);
  const { ledger } = measured;
  const registry = makeRegistry([...adapters, busAdapter], compile, parts.examples);
  const share = makeShare(parts.clock, catalogue);
  const desk: Desk = {
    ...{ ...parts, ...measured, registry, share, catalogue },
    ended: (child) =>
      void tellParent(desk, child).catch((error: unknown) => parts.log.error('child.untold', { error })),
    withdraw: (id) =>
      endEarly(desk, id, 'withdrawn', { by: 'bus', reason: 'the application that opened it ends' }),
  };
  const teller: Notify = { ...desk, ledger, poster, url };
  let ready = true;
  let working = false;
  const answerLanes = (): void => {
    const mine = (lane: string): boolean => inForce.lanes?.includes(lane) ?? true;
    for (const { id, limits } of [...catalogue().agencies, BUS_AGENCY])
      if (mine(id)) queue.work(id, limits, (bell) => runStep(desk, bell));
    if (mine(CALLBACK_LANE)) queue.work(CALLBACK_LANE, CALLBACKS, (bell) => notify(teller, bell));
  };
  const install: Install = (next, lanes) => {
    Object.assign(inForce, { catalogue: next, lanes });
    if (working) answerLanes();
  };
  const { config, process = ALONE } = parts;
  const configuration = config ? makeConfiguration(desk, config, { ...first, process }, install) : null;
  const app = createApp({
    ...{ desk, url, poster, load, watch, configuration },
    ready: () => ready,
    checkCallbackUrl: (callback, sandbox) => checkCallbackUrl(callback, { allowLoopback: sandbox }),
  });
  return {
    desk,
    configuration,
    app,
    drain: () => void (ready = false),
    work() {
      working = true;
      answerLanes();
      const stopRecovering = keepRecovering(desk, () => inForce.lanes);
      const stopKeepingUp = keepUp(desk, configuration);
      return async () => {
        working = false;
        stopRecovering();
        await Promise.all([stopKeepingUp(), queue.close()]);
      };
    },
    ring() {
      const stopSharing = keepSharing(desk);
      const stopKeepingUp = keepUp(desk, configuration);
      return async () => {
        stopSharing();
        await Promise.all([stopKeepingUp(), queue.close()]);
      };
    },
  };
}

/** What was asked for or activated at another process is in force here within a sweep; the returned function leaves. */
function keepUp(desk: Desk, configuration: Configuration | null): () => Promise<void> {
  if (!configuration) return async () => undefined;
  const stop = keepOn(desk, 'config.unread', configuration.keepUp);
  return async () => {
    stop();
    await configuration.leave().catch((error: unknown) => desk.log.warn('config.unsaid', { error }));
  };
}
