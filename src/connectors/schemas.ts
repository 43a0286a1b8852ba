/** Holds a stranger's schemas to what the bus may run: strict JSON Schema, and patterns whose time does not explode. */
import type { Adapter, JsonSchema } from '../adapter-kit/contract.ts';
import { patternProblem } from '../schema/pattern.ts';
import { compileForOwner } from '../schema/validate.ts';
import type { ConnectorFinding } from './error.ts';

/** Every schema of an adapter that the bus compiles: it does so outside the interpreter. */
export function schemaFindings({ settings, operations }: Adapter, file: string): ConnectorFinding[] {
  const all: [pointer: string, schema: JsonSchema][] = [['/settings', settings]];
  for (const [name, { input, output, settings: needs }] of Object.entries(operations)) {
    all.push([`/operations/${name}/input`, input], [`/operations/${name}/output`, output]);
    if (needs) all.push([`/operations/${name}/settings`, needs]);
  }
  return all.flatMap(([pointer, schema]) => [...bad(file, pointer, schema), ...slow(file, pointer, schema)]);
}

function bad(file: string, pointer: string, schema: JsonSchema): ConnectorFinding[] {
  try {
    compileForOwner(schema);
    return [];
  } catch (error) {
    const message = `This is no JSON Schema that can be taken: ${(error as Error).message.slice(0, 200)}`;
    return [
      {
        file,
        pointer,
        code: 'connector_schema',
        message,
        fix: 'Mend it, by the rules of JSON Schema 2020-12',
      },
    ];
  }
}

function slow(file: string, pointer: string, schema: unknown): ConnectorFinding[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const at = `${pointer}/${key}`;
    const patterns =
      key === 'pattern' && typeof value === 'string'
        ? [value]
        : key === 'patternProperties'
          ? Object.keys(value as object)
          : [];
    const own = patterns.flatMap((pattern) => {
      const problem = patternProblem(pattern);
      if (problem === undefined) return [];
      const message = `A pattern has ${problem}: with some texts it would take for ever`;
      return [{ file, pointer: at, code: 'connector_pattern', message, fix: 'Write it without' }];
    });
    return [...own, ...slow(file, at, value)];
  });
}
