/** A bus of one step beside a SNAP bank: signs, sends, reads, and answers the bank from the step, in virtual time. */
import { generateKeyPairSync } from 'node:crypto';
import banking from '../../adapters/banking/adapter.ts';
import { makeSimulator } from '../../adapters/banking/simulator.ts';
import type { PaymentInput } from '../../adapters/banking/virtual-account.ts';
import type {
  Awaitable,
  Call,
  Exchange,
  Hosted,
  HostedCase,
  JsonObject,
  JsonValue,
  Operation,
  Outcome,
  SignCall,
  SignedMessage,
  StepView,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { signInOf } from '../../src/adapter-kit/sign-in/index.ts';
import { LOST_HEADER, type Simulator } from '../../src/adapter-kit/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
const ours = keyPair();
const banks = keyPair();

export const settings: JsonObject = {
  baseUrl: 'http://bank.test',
  bankName: 'Bank Contoh',
  partnerServiceId: '88899',
  partnerId: 'MPP-CONTOH',
  channelId: '95231',
  clientId: 'mpp-test-client',
  clientSecret: 'mpp-test-secret',
  privateKey: ours.privateKey,
  bankClientId: 'bank-test-client',
  bankPublicKey: banks.publicKey,
  hostedSecret: 'bank-test-secret',
};
export const START = Date.parse('2026-01-15T02:30:05Z');
export const KEY = '20260115000001';
export const bill: PaymentInput = { payerName: 'Contoh Ibu', amount: 150_000, expiresInHours: 24 };
/** What the bus of one step asks of the bank. */
export interface Errand {
  operation: keyof typeof banking.operations;
  input: JsonObject;
}
const ofAccount: Errand = { operation: 'collectPayment', input: { ...bill } };
const signIn = signInOf(banking);

/** A bus of one step: signs, sends, reads, and answers the bank from the step. */
export interface Bus {
  bank: Simulator;
  step: StepView | null;
  conflicts: Outcome[];
  /** What the bank sent us, path by path. */
  heard: { path: string; body: JsonObject; externalId: string }[];
  now(): number;
  pass(ms: number): Promise<void>;
  send(request?: JsonObject): Promise<Outcome>;
  inquire(): Promise<Outcome>;
  undo(): Promise<Outcome>;
  /** Sends one signed exchange as it is. */
  wire(request: WireRequest, tryKey?: string): Promise<WireReply | null>;
}

export function startBus(
  more: JsonObject = {},
  breakHosted: () => Response | null = () => null,
  errand: Errand = ofAccount,
): Bus {
  const operation = banking.operations[errand.operation] as unknown as Operation;
  let now = START;
  let tries = 0;
  let minted = 0;
  let token: { token: string; expiresInSeconds: number } | null = null;
  const alive = new Set<string>();
  const stored = new Map<string, { content: string; answer: string; status: number }>();
  const timers: { at: number; fn: () => void }[] = [];

  const bank = makeSimulator({
    settings: { ...settings, ...more, simulator: { privateKey: banks.privateKey } },
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    send: (path, init) => Promise.resolve(breakHosted() ?? hear(path, init)),
  });
  const bus: Bus = {
    bank,
    step: null,
    conflicts: [],
    heard: [],
    now: () => now,
    pass,
    send,
    inquire,
    undo,
    wire,
  };

  const iso = (): string => new Date(now).toISOString();
  const signCall = (tryKey: string): SignCall => ({
    settings: { ...settings, ...more },
    now: iso(),
    tryKey,
    tools,
    ...(token && { token: token.token }),
  });

  async function pass(ms: number): Promise<void> {
    now += ms;
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.fn();
    }
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async function post(
    request: WireRequest,
    sign: (message: SignedMessage) => Awaitable<Record<string, string>>,
  ): Promise<WireReply | null> {
    const body = request.body && 'json' in request.body ? JSON.stringify(request.body.json) : '';
    const query = new URLSearchParams(request.query ?? {}).toString().replaceAll('+', '%20');
    const path = request.path + (query && `?${query}`);
    const message = { method: request.method, path, headers: {}, body: Buffer.from(body) };
    const headers = { 'content-type': 'application/json', ...request.headers, ...(await sign(message)) };
    const init = { method: request.method, headers, ...(body !== '' && { body }) };
    const response = await bank.fetch(new Request(`http://bank.test${path}`, init));
    if (response.headers.has(LOST_HEADER)) return null;
    const text = await response.text();
    let value: JsonValue;
    try {
      value = JSON.parse(text);
    } catch {
      value = text;
    }
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: value,
      bytes: text.length,
      type: 'application/json',
    };
  }

  async function wire(request: WireRequest, tryKey = String((tries += 1))): Promise<WireReply | null> {
    if (!token) {
      const reply = await post((await signIn.open!.request(signCall(tryKey)))!, () => ({}));
      const opened = await signIn.open!.reply(reply!, signCall(tryKey));
      if (!('token' in opened)) throw new Error(`no token: ${JSON.stringify(opened)}`);
      token = opened;
    }
    const reply = await post(request, (message) => signIn.sign!(message, signCall(tryKey)));
    if (reply?.status === 401) token = null;
    return reply;
  }

  async function run(exchange: Exchange, input: JsonObject): Promise<Outcome> {
    const call: Call = {
      settings: { ...settings, ...more },
      key: KEY,
      tryKey: '0',
      now: iso(),
      tools,
      ...(bus.step?.reference !== undefined && { reference: bus.step.reference, output: bus.step.output }),
    };
    let request = await exchange.request(input, call);
    for (let round = 0; round < 10; round += 1) {
      const reply = await wire(request);
      if (!reply) return { is: 'unknown', code: 'LOST' };
      const outcome = await exchange.reply(reply, input, call);
      if (outcome.is !== 'more') return outcome;
      request = outcome.request;
      if (outcome.carry) call.carry = outcome.carry;
    }
    throw new Error('more than 10 exchanges');
  }

  async function send(request: JsonObject = errand.input): Promise<Outcome> {
    bus.step ??= { state: 'open', key: KEY, input: { ...request }, output: {} };
    return keep(await run(operation as Exchange, request));
  }
  async function inquire(): Promise<Outcome> {
    return keep(await run(operation.inquiry!, errand.input));
  }
  function keep(outcome: Outcome): Outcome {
    if (outcome.is === 'pending' && bus.step) {
      const reference = outcome.reference!;
      bus.step = { ...bus.step, reference, output: { ...outcome.shown, ...bus.step.output } };
    }
    return outcome;
  }
  function undo(): Promise<Outcome> {
    return run(operation.compensation!, errand.input);
  }

  /** The hosted side, as `http/hosted` and `flow/receive` are to do it. */
  async function hear(
    path: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ): Promise<Response> {
    const hosted = Object.values(banking.hosted).find((one) => one.path === path)!;
    const headers = Object.fromEntries(
      Object.entries(init.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const shown = (headers['authorization'] ?? '').slice('Bearer '.length);
    const call = { ...signCall('0'), ...(alive.has(shown) && { token: shown }) };
    if (!alive.has(shown)) delete (call as { token?: string }).token;
    const message = { method: init.method, path, headers, body: Buffer.from(init.body) };
    const reason = await signIn.verify!(message, hosted.proof ?? '', call);
    if (reason !== null) return respond(hosted, { is: 'badSignature', reason });
    const request = { method: init.method, path, query: {}, headers, body: JSON.parse(init.body) };
    if ('grants' in hosted) {
      await hosted.read(request, call);
      const minting = `our-token-${(minted += 1)}`;
      alive.add(minting);
      return respond(hosted, { is: 'granted', token: minting, expiresInSeconds: 900 });
    }
    bus.heard.push({ path, body: request.body, externalId: headers['x-external-id'] ?? '' });
    const read = await hosted.read(request, call);
    const { id, ...rest } = read;
    const content = JSON.stringify(rest);
    const known = stored.get(id);
    if (known?.content === content) return new Response(known.answer, { status: known.status });
    if (known) return respond(hosted, { is: 'conflict', message: read });
    const { step } = bus;
    const isOurs = step && (read.key === step.key || read.reference === step.reference);
    const hostedCase: HostedCase = isOurs
      ? { is: 'found', message: read, step }
      : { is: 'none', message: read };
    const answer = await hosted.answer(hostedCase, call);
    if (answer.apply && step) apply(step, answer.apply);
    // News that no step is known for is taken up again, as `flow/receive` does.
    if (hostedCase.is === 'found')
      stored.set(id, { content, answer: JSON.stringify(answer.body), status: answer.status });
    return Response.json(answer.body, { status: answer.status });
  }

  function apply(step: StepView, outcome: Outcome): void {
    if (step.state !== 'open') bus.conflicts.push(outcome);
    else if (outcome.is === 'ok')
      bus.step = { ...step, state: 'done', output: { ...step.output, ...outcome.output } };
    else bus.step = { ...step, state: 'closed' };
  }

  async function respond(hosted: Hosted, hostedCase: HostedCase): Promise<Response> {
    const answer = await hosted.answer(hostedCase, { settings, now: iso(), tools });
    return Response.json(answer.body, { status: answer.status });
  }
  return bus;
}

export const count = (bus: Bus, effect: string): number =>
  bus.bank
    .book()
    .filter((entry) => entry.effect === effect)
    .reduce((sum, entry) => sum + entry.times, 0);
export const codeOf = (answer: JsonValue | undefined): unknown =>
  ((answer as JsonObject)?.['body'] as JsonObject)?.['responseCode'];
