/** What every agency's stand-in shares: faults on demand, a book of effects, and a control door under `/_sim`. */
import { Hono, type Context } from 'hono';
import type { JsonObject } from '../domain/outcome.ts';

/** What a simulator is handed; time is handed in so that it runs in virtual time too. */
export interface SimulatorOptions {
  /** The agency entry's settings, secrets resolved. */
  settings: JsonObject;
  now(): number;
  after(ms: number, fn: () => void): () => void;
  /** Sends the agency's own request to the bus; `path` starts with `/` below the agency's hosted root. */
  send(
    path: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ): Promise<Response>;
}

/** How an agency misbehaves. Each is used up `times` times, on requests whose path contains `match`. */
export interface Fault {
  match: string;
  kind:
    | 'latency'
    | 'status'
    | 'tooMany'
    /** The effect happens, the answer is never sent. */
    | 'loseReply'
    /** Nothing happens and nothing is answered. */
    | 'hang'
    | 'malformed'
    | 'truncated'
    | 'duplicateNews'
    | 'lateNews'
    /** News is sent before our own request is answered. */
    | 'newsFirst';
  times: number;
  /** Milliseconds for latency, lateNews; HTTP status for status; seconds for tooMany. */
  value?: number;
  /** A body for `status`, in the agency's own format. */
  body?: string;
}

/** One thing done at the agency, counted by the intent it was done for. */
export interface BookEntry {
  effect: string;
  /** What must be done at most once: a trxId, a ticket's request key. */
  key: string;
  times: number;
  detail?: JsonObject;
}

export interface Simulator {
  /** Answers as the agency would; also `GET /_sim/book`, `POST /_sim/faults`, `POST /_sim/acts/NAME`. */
  fetch(request: Request, env?: unknown): Response | Promise<Response>;
  book(): BookEntry[];
  fault(fault: Fault): void;
  /** Something a person does at the agency: pays a bill, approves a request. */
  act(name: string, detail: JsonObject): Promise<JsonObject>;
}

export type MakeSimulator = (options: SimulatorOptions) => Simulator;

/**
 * Operation → the effect that it must have left in the book, exactly once and under the step's key, when it succeeded.
 * Operations that leave none are absent.
 */
export type Leaves = Readonly<Record<string, string>>;

/** What `adapters/<name>/simulator.ts` exports: all that the demo and the contract suite know of an agency. */
export interface SimulatorModule {
  makeSimulator: MakeSimulator;
  leaves: Leaves;
  /** Settings that free text cannot stand for (key pairs), fresh; `simulator` holds what the agency alone knows. */
  makeSecrets?(): JsonObject;
}

/** The header by which an in-process caller learns that the answer was lost. */
export const LOST_HEADER = 'x-simulator-lost';

export interface Harness {
  app: Hono;
  /** Enters an effect into the book. */
  enter(effect: string, key: string, detail?: JsonObject): void;
  /** Takes one use of a news fault, if one is set for this path. */
  take(kind: Fault['kind'], path: string): Fault | undefined;
}

/** Builds a simulator around an agency's own routes and acts. */
export function simulator(
  options: SimulatorOptions,
  build: (harness: Harness) => Record<string, (detail: JsonObject) => Promise<JsonObject>>,
): Simulator {
  const faults: Fault[] = [];
  const entries = new Map<string, BookEntry>();
  const app = new Hono();
  const take = (kind: Fault['kind'], path: string): Fault | undefined => {
    const fault = faults.find((one) => one.kind === kind && one.times > 0 && path.includes(one.match));
    if (fault) fault.times -= 1;
    return fault;
  };
  const harness: Harness = {
    app,
    take,
    enter(effect, key, detail) {
      const id = `${effect} ${key}`;
      const entry = entries.get(id) ?? { effect, key, times: 0 };
      entries.set(id, { ...entry, times: entry.times + 1, ...(detail && { detail }) });
    },
  };
  const book = (): BookEntry[] => [...entries.values()];
  const fault = (one: Fault): void => void faults.push({ ...one });

  app.get('/_sim/book', (c) => c.json({ entries: book() }));
  app.post('/_sim/faults', async (c) => {
    fault(await c.req.json());
    return c.json({});
  });
  app.post('/_sim/acts/:name', async (c) => {
    try {
      return c.json(await act(c.req.param('name'), await c.req.json()));
    } catch (error) {
      return c.json({ message: (error as Error).message }, 400);
    }
  });
  app.use(async (c, next) => misbehave(c, next, take, options));
  const acts = build(harness);
  async function act(name: string, detail: JsonObject): Promise<JsonObject> {
    const run = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (!run)
      throw new Error(`This simulator knows no act "${name}"; it knows ${Object.keys(acts).join(', ')}`);
    return run(detail);
  }
  return { fetch: (request, env) => app.fetch(request, env), book, fault, act };
}

async function misbehave(
  c: Context,
  next: () => Promise<void>,
  take: Harness['take'],
  options: SimulatorOptions,
): Promise<Response | void> {
  const path = c.req.path;
  const latency = take('latency', path);
  if (latency) await new Promise<void>((resolve) => void options.after(latency.value ?? 1000, resolve));
  const status = take('status', path);
  if (status) return new Response(status.body ?? '', { status: status.value ?? 500 });
  const tooMany = take('tooMany', path);
  if (tooMany)
    return new Response('', { status: 429, headers: { 'retry-after': String(tooMany.value ?? 1) } });
  if (take('hang', path)) return lose(c);
  await next();
  if (take('loseReply', path)) return lose(c);
  const type = c.res.headers.get('content-type') ?? 'application/json';
  if (take('malformed', path)) {
    c.res = new Response('<html>bad gateway', { status: c.res.status, headers: { 'content-type': type } });
  } else if (take('truncated', path)) {
    const text = await c.res.text();
    c.res = new Response(text.slice(0, text.length / 2), { status: 200, headers: { 'content-type': type } });
  }
}

/** Cuts the connection without an answer; in process, marks the answer as lost. */
function lose(c: Context): Response {
  const socket = (c.env as { incoming?: { socket: { destroy(): void } } } | undefined)?.incoming?.socket;
  socket?.destroy();
  const lost = new Response(null, { status: 502, headers: { [LOST_HEADER]: '1' } });
  c.res = lost;
  return lost;
}
