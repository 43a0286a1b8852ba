/** The shipped connectors without code are adapters like others: to the list, to the watch over replies, to packages. */
import { expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { examplesUnder } from '../../src/adapter-kit/examples.ts';
import { yamlExamples } from '../../src/connectors/yaml/index.ts';

const ADAPTERS = new URL('../../adapters/', import.meta.url);
const NAMES = ['employment-insurance', 'immigration', 'land'];

test('each is in the list, its schemas and functions at hand', () => {
  for (const name of NAMES) {
    const adapter = adapters.find((one) => one.name === name)!;
    for (const { input, output, request, reply } of Object.values(adapter.operations)) {
      expect([input['type'], output['type'], typeof request, typeof reply]).toEqual([
        'object',
        'object',
        'function',
        'function',
      ]);
    }
  }
});

test('the watch over replies knows the examples of both kinds', async () => {
  const read = async (folder: URL) => (await yamlExamples(folder)).map(({ example }) => example);
  const examples = examplesUnder(ADAPTERS, read);
  for (const name of NAMES) expect((await examples(`${name}@1`)).length).toBeGreaterThan(20);
  expect((await examples('police@1')).length).toBeGreaterThan(20);
  expect(await examples('nobody@1')).toEqual([]);
});
