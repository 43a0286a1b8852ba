/** The bureau's counter over real HTTP, with a book that is on the disk before anybody hears of an effect: the oracle. */
import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Identity } from './tls.ts';

export interface Entry {
  effect: string;
  /** The bus's key of the intent. */
  key: string;
  /** The application's number: one effect of a kind for each, whatever the keys. */
  file: string;
  bodyHash: string;
  at: number;
  receipt: string;
}

/** A reply of the counter's own making, in place of the true one. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
  /** The application that it is about, where it is known. */
  file?: string;
}

/** What the counter does out of the ordinary; each is asked anew for every request. */
export interface Mood {
  /** Answered so without any effect. */
  instead?: () => Answer | null;
  /** Done, and then answered so. */
  after?: (right: Answer) => Answer | null;
  /** Answered so late, after the effect. */
  late?: () => number;
  /** How often and in what order news is told: true for twice, and once more before its time. */
  gossip?: boolean;
}

export interface OfficeDesk {
  port: number;
  book: Entry[];
  /** Requests by path's first part. */
  seen: Record<string, number>;
  /** Keys that came again with another body. */
  changed: string[];
  mood: Mood;
  /** Called when a request is in and when its effect is done. */
  onMoment: (when: 'asked' | 'done') => void;
  /** Shows this certificate to whoever connects from now on; only over TLS. */
  present?: (identity: Identity) => void;
  /** News that nobody has taken yet. */
  untold(): number;
  close(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** `tell` is where news goes: the bus's door for this agency. */
export async function openOffice(
  path: string,
  tell: () => string,
  password: string,
  identity?: Identity,
): Promise<OfficeDesk> {
  const file = openSync(path, 'a', 0o600);
  const byKey = new Map<string, Entry>();
  const hashes = new Map<string, string>();
  let untold = 0;
  const enter = (effect: string, key: string, about: string, bodyHash: string): Entry => {
    const entry = {
      effect,
      key,
      file: about,
      bodyHash,
      at: Date.now(),
      receipt: `R-${desk.book.length + 1}`,
    };
    writeSync(file, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(file);
    desk.book.push(entry);
    byKey.set(`${effect} ${key}`, entry);
    return entry;
  };
  const serve = async (request: IncomingMessage): Promise<Answer> => {
    const [, effect = '', asked] = (request.url ?? '').split('/');
    desk.seen[effect] = (desk.seen[effect] ?? 0) + 1;
    desk.onMoment('asked');
    const text = await textOf(request);
    const instead = desk.mood.instead?.();
    if (instead) return instead;
    if (asked !== undefined) return receiptOf(byKey.get(`${effect} ${asked}`));
    const { file: about, requestId: key } = JSON.parse(text) as { file: string; requestId: string };
    const bodyHash = hash('sha256', text);
    if ((hashes.get(key) ?? bodyHash) !== bodyHash) desk.changed.push(key);
    hashes.set(key, bodyHash);
    if (effect === 'look') return receiptOf({ receipt: 'R-0', file: about });
    const repeats = effect === 'keyed' || effect === 'slow';
    const known = repeats ? byKey.get(`${effect} ${key}`) : undefined;
    const entry = known ?? enter(effect, key, about, bodyHash);
    desk.onMoment('done');
    if (effect !== 'slow') return receiptOf(entry);
    if (!known) void spread(entry);
    return { status: 200, headers: JSON_TYPE, body: '{"pending":true}', file: about };
  };
  const spread = async ({ key, receipt }: Entry): Promise<void> => {
    untold += 1;
    const last = { id: `${key}-issued`, requestId: key, receipt };
    const first = { id: `${key}-taken`, requestId: key };
    const all = desk.mood.gossip ? [last, first, last, first, last] : [first, last];
    if (!desk.mood.gossip) await setTimeout(50);
    for (const news of all) await toldOnce(tell, password, news);
    untold -= 1;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const right = await serve(request);
    const { status, headers, body } = desk.mood.after?.(right) ?? right;
    const late = desk.mood.late?.() ?? 0;
    if (late > 0) await setTimeout(late);
    response.writeHead(status, headers ?? {}).end(body);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const secure = identity && createSecureServer(identity, listener);
  const server = secure ?? createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const desk: OfficeDesk = {
    port: (server.address() as AddressInfo).port,
    book: [],
    seen: {},
    changed: [],
    mood: {},
    onMoment: () => undefined,
    ...(secure && { present: (shown: Identity) => secure.setSecureContext(shown) }),
    untold: () => untold,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      closeSync(file);
    },
  };
  return desk;
}

function receiptOf(entry: Pick<Entry, 'receipt' | 'file'> | undefined): Answer {
  return entry
    ? { status: 200, headers: JSON_TYPE, body: JSON.stringify({ receipt: entry.receipt }), file: entry.file }
    : { status: 404, headers: JSON_TYPE, body: '{}' };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Delivers again until it is taken, as agencies do. */
async function toldOnce(tell: () => string, password: string, news: object): Promise<void> {
  const headers = { ...JSON_TYPE, 'x-password': password };
  for (;;) {
    try {
      const signal = AbortSignal.timeout(5_000);
      const init = { method: 'POST', headers, body: JSON.stringify(news), signal };
      const { status } = await fetch(tell(), init);
      if (status < 500) return;
    } catch {
      // Nobody answers: told again.
    }
    await setTimeout(200);
  }
}
