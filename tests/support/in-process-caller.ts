/** The Caller port without a network: renders, signs in, signs and reads as `outbound` does, and hands requests to stand-ins. */
import type { SignCall, SignIn } from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import { LOST_HEADER } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import type { Clock } from '../../src/clock.ts';
import { sniffType } from '../../src/domain/documents.ts';
import type { WireRequest } from '../../src/domain/outcome.ts';
import type {
  Caller,
  Exchanged,
  ExchangeArgs,
  FetchedDocument,
  NotSentCode,
} from '../../src/flow/ports/caller.ts';
import { excerptOfReply, excerptOfRequest } from '../../src/outbound/excerpt.ts';
import { readReply } from '../../src/outbound/read-reply.ts';
import { renderRequest, type Rendered } from '../../src/outbound/render.ts';
import { makeTokens, type Granted, type Tokens } from '../../src/outbound/tokens.ts';

/** An agency as seen from the bus: open or not, and who answers behind the door. */
export interface Door {
  open: boolean;
  fetch(request: Request): Response | Promise<Response>;
}

export interface CallerParts {
  clock: Clock;
  track<T>(work: Promise<T>): Promise<T>;
  /** By agency id. */
  doors: Map<string, Door>;
  /** Where a worker may be stopped: before it sends, and once it has the answer in its hands. */
  gates?: { beforeSend?(agency: string): Promise<void>; afterSend?(agency: string): Promise<void> };
}

type Halt = Extract<Exchanged, { is: 'notSent' | 'signIn' }>;
type Raw =
  | { is: 'response'; status: number; headers: Record<string, string>; body: Buffer }
  | { is: 'notSent'; code: NotSentCode }
  | { is: 'lost'; code: 'timeout' | 'reset' };

const mask = (text: string): string => text;

export function inProcessCaller(parts: CallerParts): Caller {
  const tokens = makeTokens<Halt>(parts.clock);
  return {
    exchange: (args) => parts.track(exchange(parts, tokens, args)),
    fetchDocument: ({ agency, url }) => parts.track(fetchDocument(parts, agency.id, url)),
    dropToken: (id) => tokens.drop(id),
    close: async () => undefined,
  };
}

async function exchange(parts: CallerParts, tokens: Tokens<Halt>, args: ExchangeArgs): Promise<Exchanged> {
  const { agency, adapter, request, sign, deadline } = args;
  const signIn: SignIn = signInOf(adapter);
  const call: SignCall = { settings: agency.settings, ...sign, tools };
  const rendered = await render(request, args.documents);
  if (!rendered) return { is: 'notSent', code: 'document_unavailable' };
  if (signIn.open) {
    const granted = await tokens.get(agency, deadline, () => openSession(parts, args, signIn.open!, call));
    if (granted === 'late') return { is: 'notSent', code: 'deadline' };
    if (granted.is !== 'token') return granted;
    if (granted !== NO_TOKEN) call.token = granted.token;
  }
  const message = { method: request.method, ...rendered };
  const headers = { ...rendered.headers, ...(await signIn.sign?.(message, call)) };
  const raw = await dispatch(parts, args, request.method, { ...rendered, headers });
  if (call.token !== undefined && raw.is === 'response' && raw.status === 401)
    tokens.drop(agency.id, call.token);
  if (raw.is === 'notSent') return raw;
  const sent = excerptOfRequest(request, rendered.path, rendered.body, mask);
  if (raw.is === 'lost') return { ...raw, sent };
  const { status, body: bytes } = raw;
  const got = excerptOfReply(status, raw.headers['content-type'] ?? '', bytes, mask);
  const wire = await readReply(status, raw.headers, bytes, parts.clock.now());
  if (!wire) return { is: 'unreadable', code: 'agency_bad_reply', status, sent, got };
  return { is: 'reply', wire, bytes, sent, got };
}

async function render(request: WireRequest, documents: ExchangeArgs['documents']): Promise<Rendered | null> {
  try {
    const rendered = await renderRequest(request, documents, () => 'in-process-boundary');
    return { ...rendered, headers: { accept: '*/*', ...rendered.headers } };
  } catch {
    return null;
  }
}

const NO_TOKEN: Granted = { is: 'token', token: '', expiresInSeconds: 86_400 };

async function openSession(
  parts: CallerParts,
  args: ExchangeArgs,
  open: NonNullable<SignIn['open']>,
  call: SignCall,
): Promise<Granted | Halt> {
  const request = await open.request(call);
  if (!request) return NO_TOKEN;
  const rendered = await render(request, () => Promise.reject(new Error('no documents')));
  const raw = await dispatch({ ...parts, gates: {} }, args, request.method, rendered!);
  if (raw.is === 'notSent') return raw;
  const wire =
    raw.is === 'lost' ? null : await readReply(raw.status, raw.headers, raw.body, parts.clock.now());
  if (!wire) return { is: 'notSent', code: 'sign_in_lost' };
  const got = await open.reply(wire, call);
  return 'token' in got ? { is: 'token', ...got } : { is: 'signIn', outcome: got };
}

/** Sends once. Nothing leaves after the deadline, and no answer is awaited beyond it. */
async function dispatch(
  parts: CallerParts,
  args: ExchangeArgs,
  method: string,
  rendered: Rendered,
): Promise<Raw> {
  const { clock, gates } = parts;
  const { agency, deadline } = args;
  await gates?.beforeSend?.(agency.id);
  if (clock.now() >= deadline) return { is: 'notSent', code: 'deadline' };
  const door = parts.doors.get(agency.id);
  if (!door?.open) return { is: 'notSent', code: 'connection_refused' };
  const { path, headers, body } = rendered;
  const bytes = body.length > 0 ? { body: Buffer.from(body) } : {};
  const request = new Request(`http://agency.test${path}`, { method, headers, ...bytes });
  const raw = await before(clock, deadline, answered(door, request));
  await gates?.afterSend?.(agency.id);
  return raw;
}

async function answered(door: Door, request: Request): Promise<Raw> {
  const response = await door.fetch(request);
  if (response.headers.has(LOST_HEADER)) return { is: 'lost', code: 'reset' };
  const body = Buffer.from(await response.arrayBuffer());
  return { is: 'response', status: response.status, headers: Object.fromEntries(response.headers), body };
}

function before(clock: Clock, deadline: number, raw: Promise<Raw>): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadline - clock.now(), () => resolve({ is: 'lost', code: 'timeout' }));
    raw.then(resolve, reject).finally(cancel);
  });
}

async function fetchDocument(parts: CallerParts, agency: string, url: string): Promise<FetchedDocument> {
  const door = parts.doors.get(agency);
  if (!door?.open) return { is: 'failed', code: 'document_unavailable' };
  const { pathname, search } = new URL(url);
  const response = await door.fetch(new Request(`http://agency.test${pathname}${search}`));
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = sniffType(bytes);
  if (response.status !== 200) return { is: 'failed', code: 'document_unavailable' };
  return type ? { is: 'document', bytes, type } : { is: 'failed', code: 'document_type' };
}
