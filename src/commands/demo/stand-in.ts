/** An agency's stand-in on a free port, speaking as its adapter's folder says. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Leaves, Simulator, SimulatorModule } from '../../adapter-kit/simulator.ts';
import { systemClock } from '../../clock.ts';
import type { Agency } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import { freePort } from './free-port.ts';

export interface StandIn {
  agency: Agency;
  simulator: Simulator;
  leaves: Leaves;
  url: string;
  /** Opens its door; until then connections are refused. */
  open(): Promise<void>;
  close(): void;
}

/** The folder's name is the adapter's name: a new adapter needs no line here. */
export async function simulatorOf({ adapter }: Pick<Agency, 'adapter'>): Promise<SimulatorModule> {
  return (await import(`../../../adapters/${adapter}/simulator.ts`)) as SimulatorModule;
}

/** `settings`: the agency entry's, secrets resolved, and what the agency alone knows. */
export async function standIn(agency: Agency, settings: JsonObject, bus: () => string): Promise<StandIn> {
  const { makeSimulator, leaves } = await simulatorOf(agency);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let closed = false;
  const timers = new Set<() => void>();
  const simulator = makeSimulator({
    settings: { ...settings, baseUrl: url },
    now: systemClock.now,
    after(ms, fn) {
      // A bank would tell of a payment for minutes after the bus has gone, and keep the process alive.
      if (closed) return () => undefined;
      const cancel = systemClock.after(ms, () => {
        timers.delete(cancel);
        fn();
      });
      timers.add(cancel);
      return cancel;
    },
    send: (path, init) => fetch(`${bus()}/hosted/${agency.id}${path}`, init),
  });
  let server: Server | null = null;
  return {
    agency,
    simulator,
    leaves,
    url,
    open: () =>
      new Promise((resolve, reject) => {
        server = serve(
          { fetch: (request, env) => simulator.fetch(request, env), port, hostname: '127.0.0.1' },
          () => resolve(),
        ) as Server;
        server.once('error', reject);
      }),
    close() {
      closed = true;
      for (const cancel of timers) cancel();
      server?.close();
      server?.closeAllConnections();
    },
  };
}
