/** Reads the examples of adapters that stand in one folder, each in its own, once they are asked for. */
import { readdir, readFile } from 'node:fs/promises';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import type { Example } from './contract.ts';
import type { ExamplesOf } from './registry.ts';

/** `banking@2` stands in `banking-2`, or in `banking`; one that stands nowhere there has none. */
export function examplesUnder(folder: URL): ExamplesOf {
  const read = new Map<string, Promise<readonly Example[]>>();
  return (adapterId) => {
    let examples = read.get(adapterId);
    if (!examples) read.set(adapterId, (examples = examplesOf(folder, adapterId)));
    return examples;
  };
}

async function examplesOf(folder: URL, adapterId: string): Promise<readonly Example[]> {
  const [name, major] = adapterId.split('@') as [string, string];
  for (const own of [`${name}-${major}`, name]) {
    const place = new URL(`${own}/examples/`, folder);
    const files = await readdir(place).catch(() => []);
    if (files.length > 0)
      return Promise.all(files.filter(isJson).map((file) => readOne(new URL(file, place))));
  }
  return [];
}

const isJson = (file: string): boolean => file.endsWith('.json');

async function readOne(file: URL): Promise<Example> {
  return parseJson(await readFile(file), AGENCY_LIMITS) as unknown as Example;
}
