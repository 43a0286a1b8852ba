/**
 * The contract between the bus and an adapter: plain data and pure functions. An adapter's author writes synchronous
 * ones; the bus awaits them all, for a published connector answers from its interpreter and `connector.yaml` from JSONata.
 */
import type {
  Awaits,
  Correction,
  DocumentSlot,
  Effect,
  IncomingDocument,
  JsonObject,
  JsonValue,
  LocalizedText,
  Outcome,
  Part,
  Pending,
  WireBody,
  WireRequest,
} from '../domain/outcome.ts';
import type { Tools } from './tools.ts';

export type {
  Awaits,
  Correction,
  DocumentSlot,
  Effect,
  IncomingDocument,
  JsonObject,
  JsonValue,
  LocalizedText,
  Outcome,
  Part,
  Pending,
  Tools,
  WireBody,
  WireRequest,
};

/** What the bus awaits; an author's own functions give it at once. */
export type Awaitable<T> = T | Promise<T>;

/** A JSON Schema 2020-12 object. In `settings` schemas a secret field is marked `writeOnly: true`. */
export type JsonSchema = { [key: string]: unknown };

/** A reply as the adapter sees it: parsed by content type, with every limit already held. */
export interface WireReply {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** JSON or XML as values, text as a string, binary and empty bodies as null. */
  body: JsonValue;
  /** Size of the body in bytes and its media type without parameters. */
  bytes: number;
  type: string;
}

/** All that an adapter knows besides its input. */
export interface Call {
  settings: JsonObject;
  /** At most 20 digits, one per round of a step: the intent. Stable over every attempt. */
  key: string;
  /** At most 24 digits, one per attempt. */
  tryKey: string;
  /** The attempt's instant, RFC 3339 in UTC, kept with the attempt. */
  now: string;
  /** The agency's reference, once a reply has given one. */
  reference?: string;
  /** What the step is known to have produced so far (a pending reply's `shown`). */
  output?: JsonObject;
  /** What the previous exchange's `more` handed over. */
  carry?: JsonObject;
  tools: Tools;
}

export interface Exchange<Input = JsonObject> {
  request(input: Input, call: Call): Awaitable<WireRequest>;
  reply(wire: WireReply, input: Input, call: Call): Awaitable<Outcome>;
}

/** Asks what became of an operation, by the same input and keys. Its outcome speaks of the operation. */
export interface Inquiry<Input = JsonObject> extends Exchange<Input> {
  /** Wait this long (`60s`, `10m`) after the attempt before asking. */
  notBefore: string;
  /** "It never arrived" (`retry`) is believed only this long after the attempt. */
  trustAfter: string;
}

/** Undoes an operation that was done (or is still pending). `ok` = undone, `refused` = cannot be undone. */
export interface Compensation<Input = JsonObject> extends Exchange<Input> {
  effect: Effect;
}

export interface Operation<Input = JsonObject> {
  title: LocalizedText;
  effect: Effect;
  /** It takes money: a second or late answer is a refund to make, never a mere curiosity. */
  money?: true;
  input: JsonSchema;
  output: JsonSchema;
  /**
   * What an agency's settings must be besides for it to offer this operation, where not every profile does: `check`
   * refuses a route that calls it elsewhere.
   */
  settings?: JsonSchema;
  /** The longest an exchange may take, sign-in included; the agency's own limit, if shorter, holds. */
  timeout?: string;
  /** The end of the wait is what is waited for: the step has succeeded by then. */
  timeEnds?: true;
  /** How long news may take after a `pending`, unless the route says otherwise. Default `30d`. */
  waits?: string;
  /**
   * Input fields that never reach the agency, each with the reason, by JSON pointer (`/members/0/nik` stands for every
   * member's). The exam fails for a field that is dropped and not listed, and for one that is listed and sent.
   */
  drops?: Readonly<Record<string, string>>;
  /** Personal input fields that stand in an address because the agency wants them there, each with the reason. */
  inUrl?: Readonly<Record<string, string>>;
  /** `{ pending }`: nothing to send, the agency will ask us. */
  request(input: Input, call: Call): Awaitable<WireRequest | { pending: Omit<Pending, 'is'> }>;
  reply(wire: WireReply, input: Input, call: Call): Awaitable<Outcome>;
  inquiry?: Inquiry<Input>;
  compensation?: Compensation<Input>;
}

/** A request that the agency sends to us: verified on its raw bytes, then parsed. */
export interface HostedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: JsonValue;
}

/** What an adapter reads out of an agency's request. Either field may find the step. */
export interface HostedMessage {
  /** The agency's own id of this message: the same id again is a repeat. */
  id: string;
  /** Our `key`, if the agency hands it back. */
  key?: string;
  /** The reference that a `pending` gave. */
  reference?: string;
  /** What `answer` needs to decide (an amount, a flag). */
  content?: JsonObject;
  /** What it tells, if it does not depend on the step's state. */
  outcome?: Outcome;
  /** Of an entry that `opens`: the application it brings, in the canonical schema, without `serviceCode`. */
  application?: JsonObject;
}

export interface StepView {
  /** `done`: ended well; `closed`: ended otherwise or cancelled; `open`: still waits. */
  state: 'open' | 'done' | 'closed';
  key: string;
  reference?: string;
  input: JsonObject;
  output: JsonObject;
}

/** Every case in which an agency wants an answer in its own format. */
export type HostedCase =
  | { is: 'found'; message: HostedMessage; step: StepView }
  /** No step has this reference (yet); the message is kept. */
  | { is: 'none'; message: HostedMessage }
  /** The same id with another content. */
  | { is: 'conflict'; message: HostedMessage }
  /** An application was opened for it (now or by an earlier delivery); it has this number. */
  | { is: 'opened'; message: HostedMessage; number: string }
  /** It was to open an application, and what it brings is none: pointers and codes of what is wrong, no values. */
  | { is: 'notOpened'; message: HostedMessage; problems: { pointer: string; code: string }[] }
  | { is: 'badSignature'; reason: string }
  | { is: 'badForm'; reason: string }
  | { is: 'busy' }
  | { is: 'granted'; token: string; expiresInSeconds: number };

export interface HostedAnswer {
  status: number;
  headers?: Record<string, string>;
  body: JsonValue;
  /** Applied in the transaction that keeps the message; absent: nothing changes. */
  apply?: Outcome;
}

export interface HostedCall {
  settings: JsonObject;
  /** RFC 3339 in UTC. */
  now: string;
  tools: Tools;
}

interface HostedBase {
  path: string;
  method?: 'POST' | 'PUT' | 'GET';
  /** Name of the proof that the sign-in scheme must find; its default when absent. */
  proof?: string;
  answer(hostedCase: HostedCase, call: HostedCall): Awaitable<HostedAnswer>;
}
export interface HostedGrant extends HostedBase {
  grants: 'bearer';
  /** Throws an Error with a short reason when the form is bad. */
  read(request: HostedRequest, call: HostedCall): Awaitable<{ id: string }>;
}
export interface HostedNews extends HostedBase {
  /** It asks us (answered from the step) or tells us (news about it). */
  asks?: string;
  tells?: string;
  /** The service for which it brings a new application, when no step knows its reference. */
  opens?: string;
  /** Throws an Error with a short reason when the form is bad. */
  read(request: HostedRequest, call: HostedCall): Awaitable<HostedMessage>;
}
export type Hosted = HostedGrant | HostedNews;

/** A message on its way, as sign-in sees it: the very bytes that are sent or were received. */
export interface SignedMessage {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface SignCall {
  settings: JsonObject;
  now: string;
  tryKey: string;
  /** The bearer token that `open` brought, or (in `verify`) the one the caller showed, if we minted it and it lives. */
  token?: string;
  tools: Tools;
}

/** How the bus proves itself to an agency, and the agency to the bus. */
export interface SignIn {
  /** Fetches a token; the bus caches it until shortly before it expires. */
  open?: {
    /** Null: with these settings there is no token to fetch. */
    request(call: SignCall): Awaitable<WireRequest | null>;
    /** A token, or why there is none (`away`: sign-in refused; `retry`: try again). */
    reply(wire: WireReply, call: SignCall): Awaitable<{ token: string; expiresInSeconds: number } | Outcome>;
  };
  /** Headers to add; may not change method, path or body. */
  sign?(message: SignedMessage, call: SignCall): Awaitable<Record<string, string>>;
  /** Why a received message is not genuine, or null when it is. `proof` is the hosted entry's. */
  verify?(message: SignedMessage, proof: string, call: SignCall): Awaitable<string | null>;
}

/** One row of an agency's error table: what its signal means in canonical words. */
export interface ErrorRow {
  /** The agency's own signal, as an engineer would look it up: `404/14 Paid Bill`, `RESPONSE_CODE 13`. */
  signal: string;
  is: Exclude<Outcome['is'], 'ok' | 'pending' | 'more'>;
  /** The canonical code of the outcome. */
  code: string;
  /** What it means and who has to do what. */
  meaning: LocalizedText;
}

export interface Adapter {
  name: string;
  /** Semantic version; the major is pinned by running applications. */
  version: string;
  title: LocalizedText;
  settings: JsonSchema;
  /** A scheme of the kit by name, or one of its own. */
  signIn: { scheme: string } | SignIn;
  // oxlint-disable-next-line typescript/no-explicit-any -- each operation narrows its own input
  operations: Record<string, Operation<any>>;
  hosted?: Record<string, Hosted>;
  /** The agency's codes in canonical words, for the manual; the exam asks that no example ends in a code unlisted here. */
  errors?: readonly ErrorRow[];
}

/** One file of `examples/`: the proof that a conversion is right. */
export interface Example {
  title: string;
  operation: string;
  /** Which exchange of the operation; default `send`. */
  exchange?: 'send' | 'inquiry' | 'compensation';
  settings: JsonObject;
  input: JsonObject;
  call: Omit<Call, 'settings' | 'tools'>;
  request: WireRequest | { pending: Omit<Pending, 'is'> };
  reply: Omit<WireReply, 'bytes' | 'type'> & { type?: string };
  outcome: Outcome;
}
