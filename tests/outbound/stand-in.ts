/** What the tests of the wire share: a real server on a free loopback port, and an agency entry that points at it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import type { Adapter, SignIn } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { Agency } from '../../src/domain/catalogue.ts';
import type { WireRequest } from '../../src/domain/outcome.ts';
import type { Caller, Exchanged, ExchangeArgs } from '../../src/flow/ports/caller.ts';
import { makeCaller } from '../../src/outbound/http-call.ts';
import { makeMask } from '../../src/privacy/mask.ts';

export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}
export type Answer = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

export interface StandIn {
  url: string;
  port: number;
  seen: Seen[];
  close(): Promise<void>;
}

/** An HTTP server that records every request before it answers. */
export async function standIn(answer: Answer): Promise<StandIn> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      seen.push(one);
      answer(one, response, request);
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, seen, close: () => stop(server) };
}

/** A server below HTTP, for what no HTTP server would send. */
export async function rawStandIn(
  answer: (socket: Socket) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await stop(server);
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

export async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server | TcpServer): Promise<void> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await stop(server);
  return port;
}

export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}

export function agencyAt(
  baseUrl: string,
  over: Partial<Agency['limits']> = {},
  documentHosts: string[] = [],
): Agency {
  return {
    id: 'contoh',
    role: 'contoh',
    title: { id: 'Contoh', en: 'Example' },
    regions: ['*'],
    adapter: 'contoh',
    major: 1,
    settings: { baseUrl, secret: SECRET },
    limits: {
      concurrency: 4,
      perSecond: 100,
      timeout: '5s',
      maxReplyBytes: 100_000,
      circuitFailures: 5,
      circuitSleep: '30s',
      circuitCap: '10m',
      ...over,
    },
    retry: { attempts: 3, base: '1s', cap: '1m', inquiries: 3 },
    documentHosts,
  };
}

export const SECRET = 'rahasia-contoh';

export function adapterWith(signIn: SignIn = {}): Adapter {
  const title = { id: 'Contoh', en: 'Example' };
  return { name: 'contoh', version: '1.0.0', title, settings: {}, signIn, operations: {} };
}

export function callerWith(clock: Clock = systemClock): Caller {
  return makeCaller({
    clock,
    mask: makeMask([SECRET]),
    signInOf: (adapter) => adapter.signIn as SignIn,
    tools,
  });
}

export type Over = Partial<Omit<ExchangeArgs, 'request'>> & {
  request?: Partial<WireRequest>;
  within?: number;
};

/** One exchange with usual arguments; `within` milliseconds from now. */
export function exchangeAt(caller: Caller, agency: Agency, over: Over = {}): Promise<Exchanged> {
  const { request, within = 5_000, ...rest } = over;
  return caller.exchange({
    agency,
    adapter: adapterWith(),
    sign: { now: '2026-11-21T01:00:00.000Z', tryKey: '202611210000000000000001' },
    deadline: Date.now() + within,
    documents: () => Promise.reject(new Error('none')),
    ...rest,
    request: { method: 'POST', path: '/v1/ask', body: { json: { nik: '9901014508909999' } }, ...request },
  });
}

/** The real clock, whose timers go off when the test says so. */
export function handClock(): { clock: Clock; fire: () => void; waits: number[] } {
  const timers = new Map<() => void, number>();
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    after(ms, fn) {
      waits.push(ms);
      timers.set(fn, ms);
      return () => void timers.delete(fn);
    },
  };
  const fire = (): void => [...timers.keys()].forEach((fn) => fn());
  return { clock, fire, waits };
}
