/** Opens the door: one HTTP/1.1 server with every limit on slow, large and many senders. */
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { serve } from '@hono/node-server';

export interface ServerLimits {
  /** Headers whole within this. */
  headersMs: number;
  /** Headers and body whole within this. */
  requestMs: number;
  /** How often the two are looked at: Node's own 30 s would let a slow sender stay four times as long. */
  checkMs: number;
  /** An idle connection is kept this long for its next request. */
  idleMs: number;
  headerBytes: number;
  connections: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 1_000,
  idleMs: 15_000,
  headerBytes: 16_384,
  connections: 10_000,
};

type Fetch = Parameters<typeof serve>[0]['fetch'];

/** Listens, or rejects with the system's error. Port 0 takes a free one. */
export function listen(
  fetch: Fetch,
  { host, port }: { host: string; port: number },
  limits = SERVER_LIMITS,
): Promise<Server> {
  const serverOptions = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.idleMs,
    maxHeaderSize: limits.headerBytes,
  };
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port, serverOptions }, () => resolve(server)) as Server;
    server.once('error', reject);
    server.maxConnections = limits.connections;
    keepList(server);
  });
}

/** Answers that are not sent yet, of each server. */
const inside = new WeakMap<Server, Set<ServerResponse>>();

function keepList(server: Server): void {
  const open = new Set<ServerResponse>();
  inside.set(server, open);
  server.on('request', (_, answer: ServerResponse) => {
    if (leaving.has(server)) answer.shouldKeepAlive = false;
    open.add(answer);
    answer.once('close', () => open.delete(answer));
  });
}

const leaving = new WeakSet<Server>();

/** From now on each answer is the last on its connection: when the door shuts, nobody stands in it with a new request. */
export function tellToLeave(server: Server): void {
  leaving.add(server);
}

/** Lets nobody in any more; resolves when everybody inside is answered. Who says nothing is not waited for. */
export async function shutDoor(server: Server): Promise<void> {
  tellToLeave(server);
  server.close();
  server.closeIdleConnections();
  const open = inside.get(server) ?? new Set();
  for (const answer of open) answer.shouldKeepAlive = false;
  while (open.size > 0) await Promise.all([...open].map((answer) => once(answer, 'close')));
}
