/** A proxy before several API processes, as an operator's would be: in turn, to those that say they are ready, never twice. */
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bus } from './bus.ts';

const LOOK_MS = 100;
/** Asked in vain so often it is taken for gone; a "not ready" counts at once. */
const MOST_SILENCE = 3;

export interface FrontDoor {
  url: string;
  /** Who was taken out or broke off, and for which status (0: silence) or error. */
  gone: string[];
  /** How many it would send to now. */
  ready(): number;
  close(): Promise<void>;
}

export async function openFrontDoor(buses: Bus[]): Promise<FrontDoor> {
  // Idle connections end on this side first, before the bus ends them (15 s), and never before the platforms do.
  const agent = new Agent({ keepAlive: true, timeout: 10_000 });
  const ready = new Set<Bus>();
  const silent = new Map<Bus, number>();
  const gone: string[] = [];
  let turn = 0;
  const look = async (bus: Bus): Promise<void> => {
    const url = `http://127.0.0.1:${bus.port}/health/ready`;
    const status = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      ({ status: is }) => is,
      () => 0,
    );
    const silence = status === 0 ? (silent.get(bus) ?? 0) + 1 : 0;
    silent.set(bus, silence);
    if (status === 200) ready.add(bus);
    else if ((status !== 0 || silence >= MOST_SILENCE) && ready.delete(bus))
      gone.push(`${bus.name}: ${status}`);
  };
  const lookAtAll = (): Promise<unknown> => Promise.all(buses.map(look));
  const looking = setInterval(() => void lookAtAll(), LOOK_MS);
  await lookAtAll();
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const up = [...ready];
    const bus = up[(turn += 1) % up.length];
    if (!bus) return void outgoing.writeHead(502).end();
    const { method, headers, url } = incoming;
    const onward = request(
      { host: '127.0.0.1', port: bus.port, method, path: url, headers, agent },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', ({ message }) => {
      gone.push(`${bus.name}: ${message}`);
      outgoing.destroy();
    });
    incoming.pipe(onward);
  };
  const server = createServer({ keepAliveTimeout: 0 }, pass).listen(0, '127.0.0.1');
  // It never closes a connection of its own accord: a platform whose request meets that end would blame the bus.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gone,
    ready: () => ready.size,
    async close() {
      clearInterval(looking);
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}
