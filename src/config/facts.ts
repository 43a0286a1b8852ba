/** What the operations that a step may reach say of it, before it runs. */
import type { Adapter, Operation } from '../adapter-kit/contract.ts';
import { busAdapter } from '../adapter-kit/bus-adapter.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { RouteStep } from '../domain/catalogue.ts';
import { adaptersOf, type World } from './world.ts';

export interface StepFacts {
  /** One for each adapter that plays the role; none when the call names nothing. */
  operations: Operation[];
  /** Does it twice as well as once. */
  isRead: boolean;
  /** Something is decided by it, without anything being done: a look-up, a person's decision. */
  isCheck: boolean;
  isOnce: boolean;
  takesMoney: boolean;
  /** Done, it stays done. */
  isFinal: boolean;
  /** Its answer may come later. */
  mayWait: boolean;
}

export function factsOf({ call }: Pick<RouteStep, 'call'>, world: World): StepFacts {
  const [role, name] = call.split('.') as [string, string];
  const adapters = role === BUS ? [busAdapter] : [...adaptersOf(role, world)];
  const players = adapters.filter(({ operations }) => Object.hasOwn(operations, name));
  const operations = players.map((adapter) => adapter.operations[name]!);
  const isRead = operations.length > 0 && operations.every(({ effect }) => effect === 'read');
  return {
    operations,
    isRead,
    isCheck: isRead && operations.every(({ timeEnds }) => timeEnds !== true),
    isOnce: operations.some(({ effect }) => effect === 'once'),
    takesMoney: operations.some(({ money }) => money === true),
    isFinal: operations.some(({ effect, compensation }) => effect !== 'read' && !compensation),
    mayWait: players.some((adapter) => mayWait(adapter, name)),
  };
}

/** A look-up answers at once, unless its adapter says that news of it comes, or how long it may take. */
function mayWait({ operations, hosted = {} }: Adapter, name: string): boolean {
  const { effect, waits, inquiry } = operations[name]!;
  if (effect !== 'read' || waits !== undefined || inquiry) return true;
  return Object.values(hosted).some((one) => !('grants' in one) && [one.asks, one.tells].includes(name));
}
