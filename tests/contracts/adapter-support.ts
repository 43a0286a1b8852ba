/** Drives an adapter against its simulator in process: what `outbound` and `http/hosted` do, cut to the bone. */
import type {
  Adapter,
  Call,
  HostedAnswer,
  HostedCase,
  HostedMessage,
  HostedNews,
  JsonObject,
  JsonValue,
  Outcome,
  SignIn,
  StepView,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { LOST_HEADER, type Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { renderSoap } from '../../src/wire/soap.ts';
import { parseXml, renderXml } from '../../src/wire/xml.ts';

/** Document id → bytes, for bodies that hold a `DocumentSlot`. */
export type Documents = Map<string, Uint8Array<ArrayBuffer>>;

export interface Drive {
  adapter: Adapter;
  simulator: Simulator;
  settings: JsonObject;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Where the adapter names a scheme of the kit. */
  signIn?: SignIn;
  documents?: Documents;
}

export type ExchangeKind = 'send' | 'inquiry' | 'compensation';
export type CallFields = Partial<Pick<Call, 'key' | 'tryKey' | 'reference' | 'output' | 'carry'>>;

/** The outcome of one exchange, every `more` followed; a lost answer is `unknown` `LOST`. */
export async function exchange(
  drive: Drive,
  operation: string,
  input: JsonObject,
  fields: CallFields = {},
  kind: ExchangeKind = 'send',
): Promise<{ outcome: Outcome; replies: WireReply[] }> {
  const found = drive.adapter.operations[operation]!;
  const conversion = kind === 'send' ? found : found[kind]!;
  const now = new Date(drive.now()).toISOString();
  const basis = { key: '10000000000000000001', tryKey: '100000000000000000010001', ...fields };
  let call: Call = { settings: drive.settings, now, tools, ...basis };
  let wire = await conversion.request(input, call);
  const replies: WireReply[] = [];
  for (let page = 0; page < 10; page++) {
    if ('pending' in wire) return { outcome: { is: 'pending', ...wire.pending }, replies };
    const response = await drive.simulator.fetch(await toRequest(drive, wire, call));
    if (response.headers.has(LOST_HEADER)) return { outcome: { is: 'unknown', code: 'LOST' }, replies };
    replies.push(await toReply(response));
    const outcome = await conversion.reply(replies.at(-1)!, input, call);
    if (outcome.is !== 'more') return { outcome, replies };
    wire = outcome.request;
    // Each exchange is an attempt of its own.
    const tryKey = `${basis.tryKey}${page + 1}`;
    call = { ...call, tryKey, ...(outcome.carry && { carry: outcome.carry }) };
  }
  throw new Error('More than 10 exchanges of one operation');
}

/** The signed HTTP request of a wire request. */
export async function toRequest(drive: Drive, wire: WireRequest, call: Call): Promise<Request> {
  const url = new URL(`${drive.settings['baseUrl'] as string}${wire.path}`);
  for (const [name, value] of Object.entries(wire.query ?? {})) url.searchParams.set(name, value);
  const body = wire.body === undefined ? undefined : toBody(wire.body, drive.documents ?? new Map());
  const unsigned = new Request(url, {
    method: wire.method,
    headers: wire.headers ?? {},
    ...(body && { body }),
  });
  for (const [name, value] of Object.entries(headersOf(wire.body))) unsigned.headers.set(name, value);
  const bytes = new Uint8Array(await unsigned.clone().arrayBuffer());
  const headers = Object.fromEntries(unsigned.headers);
  const message = { method: wire.method, path: url.pathname + url.search, headers, body: bytes };
  const token = await tokenOf(drive, call);
  const signed =
    (await signInOf(drive).sign?.(message, { ...call, ...(token !== undefined && { token }) })) ?? {};
  for (const [name, value] of Object.entries(signed)) unsigned.headers.set(name, value);
  return unsigned;
}

/** Fetched once a simulator, where the scheme wants one. */
const tokens = new WeakMap<Simulator, string>();

async function tokenOf(drive: Drive, call: Call): Promise<string | undefined> {
  const { open } = signInOf(drive);
  if (!open || tokens.has(drive.simulator)) return tokens.get(drive.simulator);
  const wanted = await open.request(call);
  if (!wanted) return undefined;
  const { path, method, headers = {}, body } = wanted;
  const request = new Request(`${drive.settings['baseUrl'] as string}${path}`, {
    method,
    headers: { ...headersOf(body), ...headers },
    body: toBody(body!, new Map()),
  });
  const opened = await open.reply(await toReply(await drive.simulator.fetch(request)), call);
  if (!('token' in opened)) throw new Error(`Signing in failed: ${JSON.stringify(opened)}`);
  tokens.set(drive.simulator, opened.token);
  return opened.token;
}

function signInOf({ adapter, signIn }: Drive): SignIn {
  if (signIn) return signIn;
  if (!('scheme' in adapter.signIn)) return adapter.signIn;
  if (adapter.signIn.scheme === 'none') return {};
  throw new Error(`Hand in the sign-in scheme ${adapter.signIn.scheme}`);
}

function toBody(
  body: NonNullable<WireRequest['body']>,
  documents: Documents,
): string | FormData | URLSearchParams | Uint8Array<ArrayBuffer> {
  if ('json' in body) return JSON.stringify(filled(body.json, documents));
  if ('form' in body) return new URLSearchParams(body.form);
  if ('document' in body) return documents.get(body.document)!;
  if ('xml' in body) return renderXml(body.xml);
  if ('soap' in body) return renderSoap(body.soap).text;
  const form = new FormData();
  for (const part of body.multipart) {
    if ('value' in part) form.set(part.name, part.value);
    else if ('json' in part) {
      form.set(part.name, new Blob([JSON.stringify(part.json)], { type: 'application/json' }));
    } else form.set(part.name, new Blob([documents.get(part.document)!]), part.fileName ?? part.name);
  }
  return form;
}

/** What a body says of itself; the platform names the rest. */
function headersOf(body: WireRequest['body']): Record<string, string> {
  if (body === undefined) return {};
  if ('json' in body) return { 'content-type': 'application/json' };
  if ('xml' in body) return { 'content-type': 'application/xml; charset=utf-8' };
  if (!('soap' in body)) return {};
  const { type, headers } = renderSoap(body.soap);
  return { ...headers, 'content-type': type };
}

/** Puts a document's base64 wherever a slot stands. */
function filled(value: JsonValue, documents: Documents): JsonValue {
  if (Array.isArray(value)) return value.map((one) => filled(one, documents));
  if (typeof value !== 'object' || value === null) return value;
  if (value['as'] === 'base64' && typeof value['document'] === 'string') {
    return Buffer.from(documents.get(value['document'])!).toString('base64');
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, documents)]));
}

/** A reply as an adapter sees it; JSON or XML that cannot be read is null. */
export async function toReply(response: Response): Promise<WireReply> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = (response.headers.get('content-type') ?? '').split(';')[0]!.trim();
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await parsed(type, bytes), bytes: bytes.length, type };
}

async function parsed(type: string, bytes: Uint8Array): Promise<JsonValue> {
  const text = Buffer.from(bytes).toString();
  const isXml = /[/+]xml$/.test(type);
  if (type.startsWith('text/') && !isXml) return text;
  if (type !== 'application/json' && !isXml) return null;
  try {
    if (isXml) return await parseXml(bytes);
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

/** One message that the agency sent us, and what we said. */
export interface Heard {
  message: HostedMessage | null;
  case: HostedCase['is'];
  answer: HostedAnswer;
  body: string;
}

/** Our hosted door: verifies, reads, finds the step by key or reference, and answers as the adapter says. */
export function hostedDoor(
  drive: Pick<Drive, 'adapter' | 'settings' | 'now' | 'signIn'>,
  findStep: (message: HostedMessage) => StepView | undefined,
): { heard: Heard[]; send: (path: string, init: Sent) => Promise<Response> } {
  const heard: Heard[] = [];
  const seen = new Map<string, string>();
  async function send(path: string, init: Sent): Promise<Response> {
    const hosted = Object.values(drive.adapter.hosted ?? {}).find((one) => one.path === path);
    if (!hosted || 'grants' in hosted) return new Response('', { status: 404 });
    const call = { settings: drive.settings, now: new Date(drive.now()).toISOString(), tools };
    const headers = Object.fromEntries(new Headers(init.headers));
    const bytes = new TextEncoder().encode(init.body);
    const signed = { method: init.method, path, headers, body: bytes };
    const proved = signInOf(drive as Drive).verify?.(signed, hosted.proof ?? '', { ...call, tryKey: '' });
    const bad = (await proved) ?? null;
    const decided = bad === null ? await decide(init.body) : { is: 'badSignature' as const, reason: bad };
    const answer = await hosted.answer(decided, call);
    const message = 'message' in decided ? decided.message : null;
    heard.push({ message, case: decided.is, answer, body: init.body });
    return Response.json(answer.body, {
      status: answer.status,
      ...(answer.headers && { headers: answer.headers }),
    });

    async function decide(body: string): Promise<HostedCase> {
      let read: HostedMessage;
      try {
        const request = {
          method: init.method,
          path,
          query: {},
          headers,
          body: JSON.parse(body) as JsonValue,
        };
        read = await (hosted as HostedNews).read(request, call);
      } catch (error) {
        return { is: 'badForm', reason: (error as Error).message };
      }
      const before = seen.get(read.id);
      if (before !== undefined && before !== body) return { is: 'conflict', message: read };
      seen.set(read.id, body);
      const step = findStep(read);
      return step ? { is: 'found', message: read, step } : { is: 'none', message: read };
    }
  }
  return { heard, send };
}

export interface Sent {
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** Reading a multipart body takes several turns of the event loop. */
const TURNS = 20;

/** Time that stands still until it is moved; timers run in their order. */
export function handTime(start: string): {
  now: () => number;
  after: (ms: number, fn: () => void) => () => void;
  /** Moves on, runs what is due, and lets every promise settle. */
  pass: (ms: number) => Promise<void>;
} {
  let time = Date.parse(start);
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => time,
    after(ms, fn) {
      const timer = { at: time + ms, fn };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    async pass(ms) {
      const until = time + ms;
      for (;;) {
        for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => void setImmediate(resolve));
        const due = timers.filter((one) => one.at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((one) => one !== due);
        time = due.at;
        due.fn();
      }
      time = until;
    },
  };
}
