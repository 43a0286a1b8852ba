/** What stands the exam: an adapter with its folder, and how one of its conversions is run. */
import type { Clock } from '../../clock.ts';
import { checked } from '../../domain/outcome.ts';
import type {
  Adapter,
  Call,
  Example,
  Exchange,
  JsonObject,
  Operation,
  Outcome,
  WireReply,
} from '../contract.ts';
import type { SimulatorModule } from '../simulator.ts';
import { tools } from '../tools.ts';
import { capped } from './capped.ts';

/** As `loadConnector` gives it. */
export interface Examined {
  adapter: Adapter;
  folder: { path: string; kind: 'code' | 'yaml'; files: ReadonlyMap<string, Uint8Array> };
  examples: { file: string; example: Example }[];
  simulator(): Promise<SimulatorModule | null>;
}

export interface NamedExample {
  file: string;
  example: Example;
}

export interface Subject {
  adapter: Adapter;
  folder: Examined['folder'];
  /** Of exchanges that the adapter has, and whose conversion comes to an end. */
  examples: NamedExample[];
  /** Files of those that do not. */
  endless: ReadonlySet<string>;
  /** The same adapter behind its wall; null where there is none. */
  interpreter: Adapter | null;
  /** Why the interpreter does not take it. */
  refused: readonly Refusal[];
  /** Its functions run in this process and answer at once. */
  native: boolean;
  simulator: SimulatorModule | null;
  /** Settings that the stand-in makes, fresh. */
  secrets: JsonObject;
  clock: Clock;
  host: Host;
}

export interface Refusal {
  where: string;
  message: string;
  fix: string;
}

/** What only the process can do; whatever is absent is not examined. */
export interface Host {
  /** Runs a function with the process's clocks in another time zone. */
  inZone?<T>(zone: string, run: () => T): T;
  /** A running time in microseconds. */
  micros?(): number;
}

export const SEND = 'send';
export type ExchangeName = NonNullable<Example['exchange']>;

export function exchangeName({ exchange }: Pick<Example, 'exchange'>): ExchangeName {
  return exchange ?? SEND;
}

/** `matchPerson send`. */
export function exchangeId(example: Pick<Example, 'operation' | 'exchange'>): string {
  return `${example.operation} ${exchangeName(example)}`;
}

/** An operation's conversion, or undefined when it has none of this name. */
export function conversionOf(
  { operations }: Adapter,
  { operation, exchange }: Pick<Example, 'operation' | 'exchange'>,
): Pick<Operation, 'request' | 'reply'> | Exchange | undefined {
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  return exchange === undefined || exchange === SEND ? found : found?.[exchange];
}

/** Every exchange that the adapter declares. */
export function exchangesOf({ operations }: Adapter): { operation: string; exchange: ExchangeName }[] {
  return Object.entries(operations).flatMap(([operation, { inquiry, compensation }]) => [
    { operation, exchange: SEND },
    ...(inquiry ? [{ operation, exchange: 'inquiry' as const }] : []),
    ...(compensation ? [{ operation, exchange: 'compensation' as const }] : []),
  ]);
}

export function callOf({ call, settings }: Example): Call {
  return { ...structuredClone(call), settings: structuredClone(settings), tools };
}

/** The reply as the bus would hand it over. */
export function wireOf({ reply }: Example): WireReply {
  const bytes = reply.body === null ? 0 : JSON.stringify(reply.body).length;
  return { type: 'application/json', bytes, ...structuredClone(reply) };
}

export interface Converted {
  request: Example['request'];
  outcome: Outcome;
}

/** What a conversion is given. */
export interface Given {
  input: JsonObject;
  call: Call;
  wire: WireReply;
}

export function givenBy(example: Example): Given {
  return { input: structuredClone(example.input), call: callOf(example), wire: wireOf(example) };
}

/** Both directions of one exchange. Throws what the adapter throws, or that it took too long. */
export async function convert(
  adapter: Adapter,
  example: Pick<Example, 'operation' | 'exchange'>,
  { input, call, wire }: Given,
): Promise<Converted> {
  const conversion = conversionOf(adapter, example)!;
  return {
    request: await capped(() => conversion.request(input, call)),
    outcome: await capped(() => conversion.reply(wire, input, call)),
  };
}

/** A reply read as the bus reads it: what throws or has no outcome's shape is unreadable. */
export async function replyOf(
  adapter: Adapter,
  example: Pick<Example, 'operation' | 'exchange'>,
  { input, call, wire }: Given,
): Promise<Outcome> {
  try {
    return checked(await capped(() => conversionOf(adapter, example)!.reply(wire, input, call)));
  } catch {
    return { is: 'unknown', code: 'BAD_RESPONSE' };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
