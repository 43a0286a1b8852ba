/** An agency's stand-in on a port of its own, in the test's process: its book survives the bus and is the oracle. */
import type { Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { serve, type HttpBindings } from '@hono/node-server';
import { makeSimulator as bank } from '../../adapters/banking/simulator.ts';
import { makeSimulator as civilRegistry } from '../../adapters/civil-registry/simulator.ts';
import { makeSimulator as police } from '../../adapters/police/simulator.ts';
import type { MakeSimulator, Simulator } from '../../src/adapter-kit/simulator.ts';
import { systemClock } from '../../src/clock.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { stampSimulator } from './stamp-office.ts';
import type { Role } from './mall.ts';

const MAKERS: Record<Role, MakeSimulator> = { dukcapil: civilRegistry, bank, police, stamps: stampSimulator };

/** A request that waits at the agency's door. */
export interface Held {
  path: string;
  /** Answers it as if nothing had been; resolves when the answer has left for the caller's socket. */
  answer(): Promise<void>;
}

export interface StandIn {
  url: string;
  simulator: Simulator;
  /** Paths of all requests so far, in order. */
  seen: string[];
  /** Opens the door; until then connections are refused. */
  open(): Promise<void>;
  close(): void;
  /** From now on requests to `path` wait, before they have their effect or after. */
  hold(path: string, when: 'before' | 'after'): void;
  held: Held[];
  /** Later requests are answered at once. */
  letThrough(): void;
  /** From now on each answer leaves up to `mostMs` after its effect, by chance: the moment in which a caller may die. */
  dawdle: (chance: () => number, mostMs: number) => void;
  /** Called at each request and answer, and at each message to the bus and its answer. */
  onMoment: (listener: () => void) => void;
}

export async function openStandIn(
  id: string,
  role: Role,
  settings: object,
  bus: () => string,
): Promise<StandIn> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let moment = (): void => undefined;
  let dawdling = (): number => 0;
  let holding: { path: string; when: 'before' | 'after' } | null = null;
  let server: Server | null = null;
  const seen: string[] = [];
  const held: Held[] = [];
  const simulator = MAKERS[role]({
    settings: { ...(settings as JsonObject), baseUrl: url },
    now: () => systemClock.now(),
    after: (ms, fn) => systemClock.after(ms, fn),
    async send(path, init) {
      moment();
      return fetch(`${bus()}/hosted/${id}${path}`, init).finally(moment);
    },
  });
  const gate = async (path: string, when: 'before' | 'after', outgoing: ServerResponse): Promise<void> => {
    if (holding?.when !== when || !path.includes(holding.path)) return;
    await new Promise<void>((resolve) => {
      const answer = async (): Promise<void> => {
        const sent = once(outgoing, 'finish');
        resolve();
        await sent;
      };
      held.push({ path, answer });
    });
  };
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    const path = new URL(request.url).pathname;
    seen.push(path);
    moment();
    await gate(path, 'before', env.outgoing);
    const response = await simulator.fetch(request, env);
    const late = dawdling();
    if (late > 0) await setTimeout(late);
    await gate(path, 'after', env.outgoing);
    moment();
    return response;
  };
  return {
    url,
    simulator,
    seen,
    held,
    open: () =>
      new Promise((resolve) => {
        const fetch = (request: Request, env: unknown): Promise<Response> =>
          answer(request, env as HttpBindings);
        server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve()) as Server;
      }),
    close() {
      server?.close();
      server?.closeAllConnections();
    },
    hold: (path, when) => void (holding = { path, when }),
    letThrough: () => void (holding = null),
    dawdle: (chance, mostMs) => void (dawdling = () => chance() * mostMs),
    onMoment: (listener) => void (moment = listener),
  };
}
