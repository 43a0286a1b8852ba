/** The adapters at hand, found by name and major version, with their schemas compiled once. */
import type { Adapter, Example, JsonSchema, Operation } from './contract.ts';

/** One thing wrong with a value; the shape that the schema part gives. */
interface Problem {
  pointer: string;
  code: string;
  detail: string;
}
type Check = (value: unknown) => Problem[];

export interface KnownOperation {
  adapter: Adapter;
  operation: Operation;
  checkInput: Check;
  checkOutput: Check;
}

export interface Registry {
  adapters: Adapter[];
  /** `banking@1`; undefined when it is not installed. */
  adapter(id: string): Adapter | undefined;
  /** Throws when the adapter or the operation is not installed: `check` has made sure of both. */
  operation(adapterId: string, name: string): KnownOperation;
  /** The exchanges that prove it, read when they are asked for; none where they are not at hand. */
  examples(adapterId: string): Promise<readonly Example[]>;
}

export type ExamplesOf = Registry['examples'];

/** `banking@1`: what running applications pin. */
export function adapterId(adapter: Pick<Adapter, 'name' | 'version'>): string {
  return `${adapter.name}@${adapter.version.split('.')[0]}`;
}

export function makeRegistry(
  adapters: Adapter[],
  compile: (schema: JsonSchema) => Check,
  examples: ExamplesOf = async () => [],
): Registry {
  const byId = new Map(adapters.map((adapter) => [adapterId(adapter), adapter]));
  const operations = new Map<string, KnownOperation>();
  const known = (id: string, name: string): KnownOperation => {
    const adapter = byId.get(id);
    const operation = adapter?.operations[name];
    if (!adapter || !operation)
      throw new Error(`The adapter ${id} with the operation ${name} is not installed`);
    return {
      adapter,
      operation,
      checkInput: compile(operation.input),
      checkOutput: compile(operation.output),
    };
  };
  return {
    adapters,
    adapter: (id) => byId.get(id),
    examples,
    operation(id, name) {
      const full = `${id} ${name}`;
      let found = operations.get(full);
      if (!found) operations.set(full, (found = known(id, name)));
      return found;
    },
  };
}
