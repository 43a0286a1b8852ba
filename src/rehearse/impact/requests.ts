/** What a step's operation puts on the wire for an input, by one version of its adapter. */
import type { Adapter, Call } from '../../adapter-kit/contract.ts';
import { tools } from '../../adapter-kit/tools.ts';
import { ConnectorError } from '../../connectors/error.ts';
import { tryKey } from '../../domain/ids.ts';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import type { Step } from '../../domain/step.ts';
import { isoTime } from '../../flow/flow.ts';

/** The request's values by their ways, or why there is none; `isBroken`: there was to be one. */
export type Built = { leaves: Map<string, JsonValue[]> } | { failed: string; isBroken?: true };

export const broken = (failed: string): Built => ({ failed, isBroken: true });

/** At the instant and under the key of the recorded step, so that nothing differs but what the version changes. */
export async function built(
  adapter: Adapter,
  step: Step,
  input: JsonObject,
  settings: JsonObject,
): Promise<Built> {
  const call: Call = {
    ...{ settings, tools, key: step.key, tryKey: tryKey(step.key, 1) },
    now: isoTime(step.sentAt ?? step.since),
  };
  try {
    const request = await adapter.operations[step.operation]!.request(input, call);
    return { leaves: leavesOf(request as unknown as JsonValue, wordsOf(input)) };
  } catch (error) {
    return broken(`${adapter.name} ${adapter.version} ${thrown(error)}`);
  }
}

/** Its kind alone: an adapter's own words, the error's name too, may hold what it was given. */
function thrown(error: unknown): string {
  // The interpreter has taken the connector's words out already.
  if (error instanceof ConnectorError) return error.message;
  const kind = error instanceof Error ? error.constructor.name : '';
  return `throws ${/^[A-Z][A-Za-z]{0,40}$/.test(kind) ? kind : 'something'}`;
}

/** Every value that holds no other, by its way; the elements of a list stand under one way. */
function leavesOf(
  value: JsonValue,
  personal: readonly string[],
  at = '',
  found = new Map<string, JsonValue[]>(),
): Map<string, JsonValue[]> {
  if (typeof value !== 'object' || value === null) {
    found.set(at, [...(found.get(at) ?? []), value]);
    return found;
  }
  for (const [key, one] of Object.entries(value)) {
    const name = Array.isArray(value) ? '[]' : `${at === '' ? '' : '.'}${shownName(key, personal)}`;
    leavesOf(one, personal, at + name, found);
  }
  return found;
}

/** Fields have names; where one holds a person's number or words instead, it is not shown. */
function shownName(key: string, personal: readonly string[]): string {
  const isField = /^[\w$#@:/-]{1,60}$/.test(key) && !/\d{6}/.test(key);
  return isField && !personal.some((word) => key.toLowerCase().includes(word)) ? key : '***';
}

/** Shorter words are found in any name. */
const FEWEST_CHARACTERS = 3;

/** What an input says in words, in small letters. */
function wordsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return value.length < FEWEST_CHARACTERS ? [] : [value.toLowerCase()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : [];
}
