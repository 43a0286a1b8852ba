/** What a step's operation puts on the wire for an input, by one version of its adapter. */
import type { Adapter, Call } from '../../adapter-kit/contract.ts';
import { tools } from '../../adapter-kit/tools.ts';
import { tryKey } from '../../domain/ids.ts';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import type { Step } from '../../domain/step.ts';
import { isoTime } from '../../flow/flow.ts';

/** The request as JSON, or why there is none. */
export type Built = { request: JsonValue } | { failed: string };

/** At the instant and under the key of the recorded step, so that nothing differs but what the version changes. */
export async function built(
  adapter: Adapter,
  step: Step,
  input: JsonObject,
  settings: JsonObject,
): Promise<Built> {
  const operation = adapter.operations[step.operation];
  if (!operation) return { failed: `${adapter.name} ${adapter.version} has no ${step.operation}` };
  const call: Call = {
    ...{ settings, tools, key: step.key, tryKey: tryKey(step.key, 1) },
    now: isoTime(step.sentAt ?? step.since),
  };
  try {
    return { request: (await operation.request(input, call)) as unknown as JsonValue };
  } catch (error) {
    return { failed: (error as Error).name };
  }
}

/** Every value that holds no other, by its way; the elements of a list stand under one way. */
export function leavesOf(
  value: JsonValue,
  at = '',
  found = new Map<string, JsonValue[]>(),
): Map<string, JsonValue[]> {
  if (typeof value !== 'object' || value === null) {
    found.set(at, [...(found.get(at) ?? []), value]);
    return found;
  }
  for (const [key, one] of Object.entries(value)) {
    const name = Array.isArray(value) ? '[]' : `${at === '' ? '' : '.'}${key}`;
    leavesOf(one, at + name, found);
  }
  return found;
}
