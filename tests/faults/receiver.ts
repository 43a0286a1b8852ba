/** A platform's receiver of callbacks: takes all, keeps the order of first arrivals per application. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  url: string;
  /** Numbers of events by application, in the order of their first arrival. */
  heard: Map<string, number[]>;
  repeats: number;
  /** The status it answers; nothing is taken unless it is a 2xx. */
  status: number;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response.writeHead(receiver.status).end();
      if (receiver.status >= 300) return;
      const id = String(request.headers['webhook-id']);
      if (seen.has(id)) return void (receiver.repeats += 1);
      seen.add(id);
      const { subject, sequence } = JSON.parse(text) as { subject: string; sequence: string };
      receiver.heard.set(subject, [...(receiver.heard.get(subject) ?? []), Number(sequence)]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard: new Map(),
    repeats: 0,
    status: 204,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}
