/** The one way to an agency: renders, signs in, signs, sends once, and says what is surely known. */
import type { Adapter, SignCall, SignIn } from '../adapter-kit/contract.ts';
import type { Tools } from '../adapter-kit/tools.ts';
import type { Clock } from '../clock.ts';
import type { Agency } from '../domain/catalogue.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Outcome, WireRequest } from '../domain/outcome.ts';
import type { Caller, Exchanged, ExchangeArgs, NotSentCode } from '../flow/ports/caller.ts';
import { makeAgents, type Agents, type Door } from './agents.ts';
import { WireError } from '../wire/error.ts';
import { excerptOfReply, excerptOfRequest, type Masking } from './excerpt.ts';
import { fetchDocument } from './fetch-document.ts';
import { gatewayWord, throughGateway } from './gateway.ts';
import { readReply } from './read-reply.ts';
import { checkHeaders, renderRequest, RenderError, type Documents, type Rendered } from './render.ts';
import { makeTokens, type Granted, type Tokens } from './tokens.ts';
import { send, type Sent } from './transport.ts';

export interface CallerParts {
  clock: Clock;
  /** Masks loaded secrets and personal numbers in excerpts. */
  mask: Masking;
  /** The kit's sign-in scheme of an adapter. */
  signInOf(adapter: Adapter): SignIn;
  /** What sign-in schemes may compute with. */
  tools: Tools;
  /** Sends the bytes; over the network unless something else is handed in. */
  send?: typeof send;
}

/** Ended before the operation was sent. */
type Halt = Extract<Exchanged, { is: 'notSent' | 'signIn' }>;

interface Desk extends CallerParts {
  agents: Agents;
  tokens: Tokens<Halt>;
}

/** One exchange on its way. */
interface Trip {
  agency: Agency;
  door: Door;
  deadline: number;
  signIn: SignIn;
  call: SignCall;
}

/** Makes the Caller. Connections and tokens are kept per agency until `close`. */
export function makeCaller(parts: CallerParts): Caller {
  const { clock } = parts;
  const desk: Desk = { ...parts, agents: makeAgents(), tokens: makeTokens(clock) };
  return {
    exchange: (args) => exchange(desk, args),
    fetchDocument: ({ agency, url, deadline }) =>
      fetchDocument(desk.agents.of(agency), agency, url, deadline, clock),
    dropToken: (agencyId) => desk.tokens.drop(agencyId),
    close: () => desk.agents.close(),
  };
}

async function exchange(desk: Desk, args: ExchangeArgs): Promise<Exchanged> {
  const { agency, request } = args;
  const door = desk.agents.of(agency);
  if (!door) return notSent('bad_base_url');
  const trip = plan(desk, args, door);
  let filled = false;
  const rendered = await render(desk, door, request, (id) => {
    filled = true;
    return args.documents(id);
  });
  if ('is' in rendered) return rendered;
  if (trip.signIn.open) {
    const granted = await desk.tokens.get(agency, trip.deadline, () => openSession(desk, trip));
    if (granted === 'late') return notSent('deadline');
    if (granted.is !== 'token') return granted;
    if (granted !== NO_TOKEN) trip.call.token = granted.token;
  }
  const signed = await sign(trip, request.method, rendered);
  if ('is' in signed) return signed;
  const out = addressed(trip, signed);
  if (!out) return notSent('bad_request');
  const sent = await dispatch(desk, trip, request.method, out);
  const { token } = trip.call;
  const mask: Masking = token ? (text) => desk.mask(text.replaceAll(token, '[token]')) : desk.mask;
  const shown = (): string => excerptOfRequest(request, out.path, filled ? null : out.body, mask);
  const said = await judge(trip, sent, shown, mask, desk.clock.now());
  // A gateway that lets nobody through says nothing of the agency's token.
  if (token && said.is !== 'gateway' && sent.is === 'response' && sent.status === 401)
    desk.tokens.drop(agency.id, token);
  return said;
}

function plan(
  desk: Desk,
  { agency, adapter, sign: { now, tryKey }, deadline }: ExchangeArgs,
  door: Door,
): Trip {
  const timeout = desk.clock.now() + parseDuration(agency.limits.timeout);
  return {
    agency,
    door,
    deadline: Math.min(deadline, timeout),
    signIn: desk.signInOf(adapter),
    call: { settings: agency.settings, now, tryKey, tools: desk.tools },
  };
}

async function render(
  { clock }: Desk,
  door: Door,
  request: WireRequest,
  documents: Documents,
): Promise<Rendered | Halt> {
  try {
    const boundary = (): string => `jembatan-${clock.random(12).toString('hex')}`;
    const rendered = await renderRequest(request, documents, boundary);
    const headers = { accept: 'application/json, application/xml, */*;q=0.5', ...rendered.headers };
    return { ...rendered, path: door.prefix + rendered.path, headers };
  } catch (error) {
    // Anything but the adapter's own fault is a document that could not be read.
    const isAdapterFault = error instanceof RenderError || error instanceof WireError;
    return notSent(isAdapterFault ? 'bad_request' : 'document_unavailable');
  }
}

/** Where it goes: to the agency, or to the gateway before it. Null when the gateway's key has no header of its own. */
function addressed({ agency: { gateway }, door }: Trip, signed: Rendered): Rendered | null {
  return gateway ? throughGateway(gateway, door.way, signed) : signed;
}

function dispatch(
  { clock, send: sendBytes = send }: Desk,
  { agency, door, deadline }: Trip,
  method: string,
  rendered: Rendered,
): Promise<Sent> {
  const headers = { 'user-agent': 'jembatan', 'accept-encoding': 'identity', ...rendered.headers };
  const { maxReplyBytes } = agency.limits;
  return sendBytes(
    door.agent,
    { ...rendered, origin: door.origin, method, headers, deadline, maxReplyBytes },
    clock,
  );
}

/** An agency whose settings want none; kept like a token, until the configuration is read again. */
const NO_TOKEN: Granted = { is: 'token', token: '', expiresInSeconds: 86_400 };

/** Asks for a token. Whatever goes wrong here, the operation itself was not sent. */
async function openSession(desk: Desk, trip: Trip): Promise<Granted | Halt> {
  try {
    const open = trip.signIn.open!;
    const request = await open.request(trip.call);
    if (!request) return NO_TOKEN;
    const rendered = await render(desk, trip.door, request, () => Promise.reject(new Error('no documents')));
    if ('is' in rendered) return rendered;
    const out = addressed(trip, rendered);
    if (!out) return notSent('bad_request');
    const sent = await dispatch(desk, trip, request.method, out);
    if (sent.is === 'notSent') return sent;
    if (sent.is === 'lost') return notSent('sign_in_lost');
    const readable = sent.is === 'response' && !isRedirect(sent.status);
    const wire = readable ? await readReply(sent.status, sent.headers, sent.body, desk.clock.now()) : null;
    if (!wire) return notSent('sign_in_bad_reply');
    const refusal = trip.agency.gateway ? gatewayWord(wire) : null;
    if (refusal) return { is: 'signIn', outcome: harmless(refusal) };
    const got = await open.reply(wire, trip.call);
    return 'token' in got ? { is: 'token', ...got } : { is: 'signIn', outcome: harmless(got) };
  } catch {
    return signInBroken();
  }
}

async function judge(
  { agency }: Trip,
  sent: Sent,
  shown: () => string,
  mask: Masking,
  now: number,
): Promise<Exchanged> {
  if (sent.is === 'notSent') return sent;
  if (sent.is === 'lost') return { ...sent, sent: shown() };
  const { status, headers } = sent;
  const bytes = sent.is === 'response' ? sent.body : Buffer.alloc(0);
  const seen = { sent: shown(), got: excerptOfReply(status, headers['content-type'] ?? '', bytes, mask) };
  if (isRedirect(status)) return { is: 'unreadable', code: 'agency_redirect', status, ...seen };
  if (sent.is === 'tooLarge') return { is: 'unreadable', code: 'agency_reply_too_large', status, ...seen };
  const wire = await readReply(status, headers, bytes, now);
  if (!wire) return { is: 'unreadable', code: 'agency_bad_reply', status, ...seen };
  const refusal = agency.gateway ? gatewayWord(wire) : null;
  if (refusal) return { is: 'gateway', outcome: refusal, status, ...seen };
  return { is: 'reply', wire, bytes, ...seen };
}

async function sign({ signIn, call }: Trip, method: string, rendered: Rendered): Promise<Rendered | Halt> {
  if (!signIn.sign) return rendered;
  try {
    const added = await signIn.sign(
      { method, path: rendered.path, headers: { ...rendered.headers }, body: rendered.body },
      call,
    );
    return { ...rendered, headers: { ...rendered.headers, ...checkHeaders(added) } };
  } catch {
    return signInBroken(); // a key that is none, a setting that is missing: its words may hold the secret
  }
}

function notSent(code: NotSentCode): Extract<Halt, { is: 'notSent' }> {
  return { is: 'notSent', code };
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function signInBroken(): Halt {
  return { is: 'signIn', outcome: { is: 'away', code: 'SIGN_IN_BROKEN' } };
}

/** A lost or odd answer to the sign-in says nothing about the operation: it was never sent. */
function harmless(outcome: Outcome): Outcome {
  if (outcome.is === 'away' || outcome.is === 'retry') return outcome;
  return { is: 'retry', code: 'code' in outcome ? outcome.code : 'SIGN_IN_FAILED' };
}
