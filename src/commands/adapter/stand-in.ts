/** A connector's stand-in on a loopback port: its own simulator, or one made of its examples; what it tells is read. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Adapter, HostedCall, HostedNews, JsonObject } from '../../adapter-kit/contract.ts';
import { signInOf } from '../../adapter-kit/sign-in/index.ts';
import { simulatorOfExamples } from '../../adapter-kit/simulated-examples.ts';
import type { Simulator, SimulatorModule } from '../../adapter-kit/simulator.ts';
import { tools } from '../../adapter-kit/tools.ts';
import type { Clock } from '../../clock.ts';
import type { LoadedConnector } from '../../connectors/load.ts';
import { parseMessage } from '../../wire/message.ts';

/** What the agency told us, and what it heard. */
export interface Told {
  path: string;
  body: string;
  /** What the message says in canonical words, or why it is not taken. */
  says: string;
  status: number;
}

export interface StandIn {
  url: string;
  /** Puts a fresh stand-in of a connector behind the door; its settings, secrets and address included. */
  show(connector: LoadedConnector, settings: JsonObject, heard: (told: Told) => void): Promise<JsonObject>;
  close(): void;
}

export async function openStandIn(clock: Clock, port = 0): Promise<StandIn> {
  let simulator: Simulator | null = null;
  let timers = new Set<() => void>();
  const server = await listen(port, (request, env) =>
    simulator ? simulator.fetch(request, env) : new Response(null, { status: 503 }),
  );
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const stopTimers = (): void => {
    for (const cancel of timers) cancel();
    timers = new Set();
  };
  return {
    url,
    async show(connector, settings, heard) {
      const module = await moduleOf(connector);
      const { simulator: own, ...secrets } = module.makeSecrets?.() ?? {};
      const ours = { ...settings, ...secrets, baseUrl: url };
      stopTimers();
      const mine = timers;
      simulator = module.makeSimulator({
        settings: { ...ours, ...(own !== undefined && { simulator: own }) },
        now: clock.now,
        after(ms, fn) {
          if (mine !== timers) return () => undefined;
          const cancel = clock.after(ms, () => {
            mine.delete(cancel);
            fn();
          });
          mine.add(cancel);
          return cancel;
        },
        send: (path, init) => hear(connector.adapter, ours, clock, { path, ...init }, heard),
      });
      return ours;
    },
    close() {
      stopTimers();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function moduleOf(connector: LoadedConnector): Promise<SimulatorModule> {
  const own = await connector.simulator();
  if (own) return own;
  return simulatorOfExamples(
    connector.adapter,
    connector.examples.map(({ example }) => example),
  );
}

type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>;

function listen(port: number, fetch: Fetch): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server)) as Server;
    server.once('error', reject);
  });
}

interface Message {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** What the bus's hosted door does, cut to the bone: it knows one step, which waits. */
async function hear(
  adapter: Adapter,
  settings: JsonObject,
  clock: Clock,
  message: Message,
  heard: (told: Told) => void,
): Promise<Response> {
  const { path, body } = message;
  const hosted = Object.values(adapter.hosted ?? {}).find((one) => path.split('?')[0] === one.path);
  const tell = (says: string, status: number): void => heard({ path, body, says, status });
  if (!hosted || 'grants' in hosted) {
    tell('no hosted address of the connector', 404);
    return new Response(null, { status: 404 });
  }
  const call: HostedCall = { settings, now: new Date(clock.now()).toISOString(), tools };
  const found = await decide(adapter, hosted, message, call);
  const answer = await hosted.answer(found.case, call);
  tell(found.says, answer.status);
  return Response.json(answer.body, { status: answer.status, headers: answer.headers ?? {} });
}

type Decided = { case: Parameters<HostedNews['answer']>[0]; says: string };

async function decide(
  adapter: Adapter,
  hosted: HostedNews,
  message: Message,
  call: HostedCall,
): Promise<Decided> {
  const headers = Object.fromEntries(new Headers(message.headers));
  const signed = { method: message.method, path: message.path, headers, body: Buffer.from(message.body) };
  const reason = await signInOf(adapter).verify?.(signed, hosted.proof ?? 'default', { ...call, tryKey: '' });
  if (typeof reason === 'string')
    return { case: { is: 'badSignature', reason }, says: `not genuine: ${reason}` };
  try {
    const body = await parseMessage(headers['content-type'] ?? '', signed.body);
    const query = Object.fromEntries(new URL(message.path, 'http://bus').searchParams);
    const read = await hosted.read(
      { method: message.method, path: message.path, query, headers, body },
      call,
    );
    const step = { state: 'open' as const, key: read.key ?? '', input: {}, output: {} };
    return { case: { is: 'found', message: read, step }, says: JSON.stringify(read.outcome ?? read) };
  } catch (error) {
    const why = (error as Error).message;
    return { case: { is: 'badForm', reason: why }, says: `not readable: ${why}` };
  }
}
