/** An adapter whose answers take real time (a stranger's, from its interpreter): virtual time stands still meanwhile. */
import type { Adapter } from '../adapter-kit/contract.ts';
import type { VirtualClock } from '../virtual-clock.ts';

export function heldAdapter(adapter: Adapter, clock: VirtualClock): Adapter {
  const { signIn, operations, hosted } = adapter;
  return {
    ...adapter,
    signIn: held(signIn, clock),
    operations: held(operations, clock),
    ...(hosted && { hosted: held(hosted, clock) }),
  };
}

/** Schemas stay the very objects that they are: compiled ones are known by them. */
const SCHEMAS: ReadonlySet<string> = new Set(['input', 'output', 'settings']);

function held<T extends object>(part: T, clock: VirtualClock): T {
  const entries = Object.entries(part).map(([name, value]) => {
    if (typeof value === 'function') return [name, whileHeld(value as Call, clock)];
    const isPart = typeof value === 'object' && value !== null && !SCHEMAS.has(name) && !Array.isArray(value);
    return [name, isPart ? held(value as object, clock) : (value as unknown)];
  });
  return Object.fromEntries(entries) as T;
}

type Call = (...given: unknown[]) => unknown;

function whileHeld(call: Call, clock: VirtualClock): Call {
  return (...given) => {
    const answer = call(...given);
    return answer instanceof Promise ? clock.hold(answer) : answer;
  };
}
