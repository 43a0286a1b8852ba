/** A TCP link that can be made bad: late, slow, cut, reset, half open, deaf or refusing. */
import { once } from 'node:events';
import { createServer, Socket, type AddressInfo, type Server } from 'node:net';

/** What the link does to each connection while it is set. All in ms and bytes; nothing set, nothing done. */
export interface Fault {
  /** Each chunk comes so much later, both ways. */
  delay?: () => number;
  /** Bytes a second, both ways. */
  rate?: number;
  /** Ends a connection after so many bytes of the server's answer (0: before its first). */
  cutAfter?: number;
  /** Called when a cut is about to happen. */
  onCut?: () => void;
  /** A cut is a reset (RST), not an end (FIN). */
  reset?: boolean;
  /** Nothing passes to the server, to the client, or neither way; the connection stays open. */
  silent?: 'toServer' | 'toClient' | 'both';
  /** New connections are reset at once. */
  refuse?: boolean;
}

export interface Link {
  port: number;
  /** From now on, also for connections that are open. Connections that lost bytes are reset when the fault changes. */
  set(fault: Fault): void;
  /** Resets every open connection. */
  reset(): void;
  connections(): number;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  answered: number;
  /** Bytes were swallowed: what follows would make no sense to the other side. */
  torn: boolean;
}

export async function openLink(to: { port: number }): Promise<Link> {
  const pairs = new Set<Pair>();
  let fault: Fault = {};
  const end = (pair: Pair, reset: boolean): void => {
    pairs.delete(pair);
    for (const socket of [pair.client, pair.server]) {
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    }
  };
  const listener = createServer((client) => {
    if (fault.refuse) return void client.resetAndDestroy();
    const server = new Socket().connect(to.port, '127.0.0.1');
    const pair: Pair = { client, server, answered: 0, torn: false };
    pairs.add(pair);
    carry(pair, 'toServer', () => fault);
    carry(
      pair,
      'toClient',
      () => fault,
      (reset) => end(pair, reset),
    );
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => end(pair, true));
      socket.on('close', () => setTimeout(() => end(pair, false), fault.delay?.() ?? 0));
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    set(next) {
      fault = next;
      for (const pair of pairs) if (pair.torn) end(pair, true);
    },
    reset: () => pairs.forEach((pair) => end(pair, true)),
    connections: () => pairs.size,
    close: () => closed(listener, () => pairs.forEach((pair) => end(pair, true))),
  };
}

/** Carries one way, chunk by chunk, in order, as the fault of the moment says. */
function carry(
  pair: Pair,
  way: 'toServer' | 'toClient',
  fault: () => Fault,
  cut: (reset: boolean) => void = () => undefined,
): void {
  const [from, to] = way === 'toServer' ? [pair.client, pair.server] : [pair.server, pair.client];
  let freeAt = 0;
  from.on('data', (chunk: Buffer) => {
    const { delay, rate, cutAfter, onCut, reset = false, silent } = fault();
    if (silent === way || silent === 'both') return void (pair.torn = true);
    if (way === 'toClient' && cutAfter !== undefined) {
      const left = cutAfter - pair.answered;
      pair.answered += chunk.length;
      if (chunk.length >= left) {
        if (left > 0) to.write(chunk.subarray(0, left));
        onCut?.();
        return cut(reset);
      }
    }
    const now = Date.now();
    freeAt = Math.max(freeAt, now + (delay?.() ?? 0)) + (rate ? (chunk.length / rate) * 1000 : 0);
    if (freeAt <= now) return void to.write(chunk);
    setTimeout(() => to.writable && to.write(chunk), freeAt - now);
  });
  from.on('end', () => setTimeout(() => to.end(), Math.max(0, freeAt - Date.now())));
}

async function closed(listener: Server, endAll: () => void): Promise<void> {
  listener.close();
  endAll();
  await once(listener, 'close');
}
