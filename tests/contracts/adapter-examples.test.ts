/** The contract that every adapter keeps: its schemas are strict, its examples hold, its conversions are pure. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, describe, expect, test } from 'vitest';
import type {
  Adapter,
  Call,
  Example,
  JsonSchema,
  Outcome,
  WireReply,
} from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { adapters } from '../../adapters/index.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const zone = process.env['TZ'];
afterEach(() => setZone(zone));

/** Node reads `TZ` again whenever it is set. */
function setZone(name: string | undefined): void {
  if (name === undefined) delete process.env['TZ'];
  else process.env['TZ'] = name;
}

for (const adapter of adapters) {
  const folder = join(import.meta.dirname, '../../adapters', adapter.name);
  const examples = examplesIn(folder);

  describe(adapter.name, () => {
    test('every schema compiles and is closed', () => {
      for (const schema of schemasOf(adapter)) {
        expect(() => ajv.compile(schema)).not.toThrow();
        expect(openObjects(schema)).toEqual([]);
      }
    });

    test('every secret is marked in the settings schema', () => {
      const properties = adapter.settings['properties'] as Record<string, { writeOnly?: boolean }>;
      const secrets = Object.keys(properties).filter((name) =>
        /secret|password|apiKey|privateKey|pin$/i.test(name),
      );
      expect(secrets.filter((name) => properties[name]!.writeOnly !== true)).toEqual([]);
    });

    test('every exchange has examples', () => {
      const shown = new Set(
        examples.map(({ example }) => `${example.operation} ${example.exchange ?? 'send'}`),
      );
      expect([...declaredExchanges(adapter)].filter((one) => !shown.has(one))).toEqual([]);
      expect([...shown].filter((one) => !declaredExchanges(adapter).has(one))).toEqual([]);
    });

    test('imports nothing of the kit but types', () => {
      for (const [file, source] of sources(folder)) {
        const imports = source.matchAll(/^import (?!type )[\s\S]*?from '(?<from>[^']+)'/gm);
        const foreign = [...imports]
          .map((one) => one.groups!['from']!)
          .filter((from) => !from.startsWith('./'));
        expect(foreign, file).toEqual([]);
      }
    });

    test('knows no clock, chance or network of its own', () => {
      for (const [file, source] of sources(folder)) {
        const impure =
          /Date\.now|new Date\(\)|Math\.random|setTimeout|setImmediate|randomUUID|fetch\(|console\.|process\./;
        expect(impure.exec(source)?.[0], file).toBeUndefined();
      }
    });

    test.each(examples)('$name', async ({ example }) => {
      const operation = adapter.operations[example.operation]!;
      expect(faults(adapter.settings, example.settings)).toEqual([]);
      expect(faults(operation.input, example.input)).toEqual([]);
      const first = await convert(adapter, example);
      expect(first.request).toStrictEqual(example.request);
      expect(first.outcome).toStrictEqual(example.outcome);
      if (first.outcome.is === 'ok' && example.exchange !== 'compensation') {
        expect(faults(operation.output, first.outcome.output)).toEqual([]);
      }
      const bytes = JSON.stringify(first);
      expect(JSON.stringify(await convert(adapter, example))).toBe(bytes);
      for (const away of ['Pacific/Kiritimati', 'America/New_York']) {
        setZone(away);
        expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(away);
        expect(JSON.stringify(await convert(adapter, example))).toBe(bytes);
      }
    });
  });
}

function examplesIn(folder: string): { name: string; example: Example }[] {
  const files = readdirSync(join(folder, 'examples')).filter((name) => name.endsWith('.json'));
  return files.map((name) => ({
    name,
    example: JSON.parse(readFileSync(join(folder, 'examples', name), 'utf8')) as Example,
  }));
}

/** The files that a connector runs: all but the simulator's. */
function sources(folder: string): [file: string, source: string][] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.startsWith('simulator'));
  return files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

function schemasOf(adapter: Adapter): JsonSchema[] {
  const operations = Object.values(adapter.operations);
  return [adapter.settings, ...operations.flatMap(({ input, output }) => [input, output])];
}

/** Pointers of object schemas that let unnamed properties in. */
function openObjects(schema: unknown, at = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const open =
    'properties' in schema &&
    'type' in schema &&
    !('additionalProperties' in schema || 'unevaluatedProperties' in schema);
  const below = Object.entries(schema).flatMap(([key, one]) => openObjects(one, `${at}/${key}`));
  return open ? [at || '/', ...below] : below;
}

function declaredExchanges(adapter: Adapter): Set<string> {
  const declared = Object.entries(adapter.operations).flatMap(([name, operation]) => [
    `${name} send`,
    ...(operation.inquiry ? [`${name} inquiry`] : []),
    ...(operation.compensation ? [`${name} compensation`] : []),
  ]);
  return new Set(declared);
}

function faults(schema: JsonSchema, value: unknown): string[] {
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

async function convert(
  adapter: Adapter,
  example: Example,
): Promise<{ request: unknown; outcome: Outcome }> {
  const operation = adapter.operations[example.operation]!;
  const kind = example.exchange ?? 'send';
  const conversion = kind === 'send' ? operation : operation[kind]!;
  const call: Call = { ...example.call, settings: example.settings, tools };
  const bytes = example.reply.body === null ? 0 : JSON.stringify(example.reply.body).length;
  const wire: WireReply = { type: 'application/json', bytes, ...example.reply };
  const kept = JSON.stringify([example.input, wire]);
  const made = {
    request: await conversion.request(example.input, call),
    outcome: await conversion.reply(wire, example.input, call),
  };
  expect(JSON.stringify([example.input, wire]), 'a conversion changes nothing it is given').toBe(kept);
  return made;
}
