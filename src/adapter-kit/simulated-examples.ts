/** A stand-in made of a connector's own examples: what one of them shows is answered as it shows. */
import type { Adapter, Example, JsonObject, JsonValue } from './contract.ts';
import { simulator, type Harness, type Leaves, type SimulatorModule } from './simulator.ts';

/** An example as the stand-in answers by it. */
interface Shown {
  example: Example;
  /** The path, with the places of key and reference open. */
  path: RegExp;
}

/** What an operation did, under the key that a request carried. */
type Done = Map<string, Set<string>>;

/**
 * It answers a request that an example shows with the example's reply; any other of that kind as the first example
 * that goes well, with the key that came. It enters each effect under its key, once for each key that may be repeated;
 * an inquiry finds what was done, and not what was not. What needs more (news, people, days) needs a simulator.ts.
 */
export function simulatorOfExamples(adapter: Adapter, examples: Example[]): SimulatorModule {
  const shown = examples.filter((one) => !('pending' in one.request)).map(shownBy);
  const leaves: Leaves = Object.fromEntries(
    Object.entries(adapter.operations)
      .filter(([, { effect }]) => effect !== 'read')
      .map(([name]) => [name, effectName(name)]),
  );
  return {
    leaves,
    makeSimulator: (options) =>
      simulator(options, (harness) => {
        const done: Done = new Map();
        harness.app.all('*', async (c) => {
          const { pathname, searchParams } = new URL(c.req.url);
          const sent: Sent = {
            method: c.req.method,
            path: pathname.slice(prefixOf(options.settings).length),
            query: Object.fromEntries(searchParams),
            body: bodyOf(c.req.header('content-type') ?? '', await c.req.text()),
          };
          const found = answerTo(sent, shown, done);
          if (!found) return c.json({ message: 'No example shows such a request' }, 404);
          note(found, adapter, done, harness);
          return replyOf(found);
        });
        return {};
      }),
  };
}

/** What every book entry is called: letters only. */
function effectName(operation: string): string {
  return operation
    .replaceAll(/[^A-Za-z]/g, '')
    .replaceAll(/[A-Z]+/g, (run) => run[0]! + run.slice(1).toLowerCase());
}

function prefixOf(settings: JsonObject): string {
  const path = /^https?:\/\/[^/]+(\/.*)?$/.exec(String(settings['baseUrl']))?.[1] ?? '';
  return path.replace(/\/$/, '');
}

interface Sent {
  method: string;
  path: string;
  query: Record<string, string>;
  body: JsonValue;
}

function shownBy(example: Example): Shown {
  const { path } = example.request as Extract<Example['request'], { path: string }>;
  const { key, tryKey, reference } = example.call;
  const open = [tryKey, key, reference]
    .filter((one) => one !== undefined)
    .map((one) => encodeURIComponent(one));
  const parts = path.split(new RegExp(`(${open.map(escape).join('|')})`));
  const pattern = parts.map((part, at) => (at % 2 === 1 ? '[^/]+' : escape(part))).join('');
  return { example, path: new RegExp(`^${pattern}$`) };
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

interface Answer {
  example: Example;
  key: string;
}

function answerTo(sent: Sent, shown: Shown[], done: Done): Answer | undefined {
  const alike = shown.filter(
    ({ example, path }) => methodOf(example) === sent.method && path.test(sent.path),
  );
  if (alike.length === 0) return undefined;
  const exact = alike.find(
    ({ example }) => isSame(example, sent) && !isGood(example) && hasOwnInput(example, alike),
  );
  const known = alike.map(({ example }) => ({ example, key: keyIn(example, sent) }));
  if (exact) return { example: exact.example, key: keyIn(exact.example, sent) };
  const good = known.filter(({ example }) => isGood(example));
  const first =
    good.find(({ example, key }) => isTrue(example, key, done)) ??
    known.find(({ example }) => !isGood(example));
  return first ?? known[0];
}

/** An example that differs from the good ones in what is sent: what it refuses, it refuses for that. */
function hasOwnInput({ operation, exchange, request }: Example, alike: Shown[]): boolean {
  const text = JSON.stringify(request);
  return !alike.some(
    ({ example }) =>
      example.operation === operation &&
      example.exchange === exchange &&
      isGood(example) &&
      JSON.stringify(example.request) === text,
  );
}

/** A question or an undo speaks of something that was done; without it the agency's own "not there" is right. */
function isTrue({ operation, exchange }: Example, key: string, done: Done): boolean {
  return exchange === undefined || exchange === 'send' || (done.get(operation)?.has(key) ?? false);
}

function isGood({ outcome }: Example): boolean {
  return outcome.is === 'ok' || outcome.is === 'pending';
}

function methodOf({ request }: Example): string {
  return 'method' in request ? request.method : '';
}

function isSame({ request, call }: Example, sent: Sent): boolean {
  if ('pending' in request) return false;
  const key = keyIn({ request, call } as Example, sent);
  const wanted = { query: request.query ?? {}, body: wantedBody(request.body) };
  const text = JSON.stringify(wanted).replaceAll(call.key, key);
  return text === JSON.stringify({ query: sent.query, body: sent.body });
}

function wantedBody(body: Extract<Example['request'], { path: string }>['body']): JsonValue {
  if (body === undefined) return null;
  if ('json' in body) return body.json;
  return 'form' in body ? body.form : null;
}

/** The key where the example has its own: in the path, the query, the body; what else tells one request from another. */
function keyIn({ request, call }: Example, sent: Sent): string {
  if ('pending' in request) return call.key;
  const [before, after] = request.path.split(encodeURIComponent(call.key));
  if (after !== undefined) return sent.path.slice(before!.length, after === '' ? undefined : -after.length);
  const at = pathTo({ query: request.query ?? {}, body: wantedBody(request.body) }, call.key);
  const found = at?.reduce<JsonValue | undefined>(
    (value, name) => (value as JsonObject | undefined)?.[name],
    { query: sent.query, body: sent.body },
  );
  return typeof found === 'string' ? found : JSON.stringify([sent.path, sent.query, sent.body]);
}

function pathTo(value: JsonValue, wanted: string): string[] | undefined {
  if (value === wanted) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const below = pathTo(inner, wanted);
    if (below) return [name, ...below];
  }
  return undefined;
}

function note({ example, key }: Answer, { operations }: Adapter, done: Done, harness: Harness): void {
  const { operation, exchange = 'send' } = example;
  const { effect } = operations[operation]!;
  if (effect === 'read' || !isGood(example) || exchange === 'inquiry') return;
  const keys = done.get(operation) ?? new Set();
  done.set(operation, keys);
  if (exchange === 'compensation') keys.delete(key);
  // An agency that takes our key does it once; any other does it again.
  else if (effect !== 'keyed' || !keys.has(key)) {
    keys.add(key);
    harness.enter(effectName(operation), key);
  }
}

function replyOf({ example, key }: Answer): Response {
  const { status, headers, body, type = 'application/json' } = example.reply;
  const isJson = typeof body !== 'string' || type.includes('json');
  const text = body === null ? null : isJson ? JSON.stringify(body) : body;
  const said = text?.replaceAll(example.call.key, key) ?? null;
  const isBare = status === 204 || status === 205 || status === 304;
  return new Response(isBare ? null : said, { status, headers: { 'content-type': type, ...headers } });
}

function bodyOf(type: string, text: string): JsonValue {
  if (text === '') return null;
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (!type.includes('json')) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
