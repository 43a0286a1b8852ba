/** Reads the examples of adapters that stand in one folder, each in its own, once they are asked for. */
import { readdir, readFile } from 'node:fs/promises';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import type { Example } from './contract.ts';
import type { ExamplesOf } from './registry.ts';

/** How the examples of a connector without code are read, from the folder that holds its `connector.yaml`. */
type ReadYaml = (folder: URL) => Promise<readonly Example[]>;

/** `banking@2` stands in `banking-2`, or in `banking`; one that stands nowhere there has none. */
export function examplesUnder(folder: URL, readYaml: ReadYaml): ExamplesOf {
  const read = new Map<string, Promise<readonly Example[]>>();
  return (adapterId) => {
    let examples = read.get(adapterId);
    if (!examples) read.set(adapterId, (examples = examplesOf(folder, adapterId, readYaml)));
    return examples;
  };
}

async function examplesOf(folder: URL, adapterId: string, readYaml: ReadYaml): Promise<readonly Example[]> {
  const [name, major] = adapterId.split('@') as [string, string];
  for (const own of [`${name}-${major}`, name]) {
    const home = new URL(`${own}/`, folder);
    const files: string[] = await readdir(home).catch(() => []);
    if (files.includes('connector.yaml')) return readYaml(home);
    const place = new URL('examples/', home);
    const shown = files.includes('examples') ? await readdir(place) : [];
    if (shown.length > 0)
      return Promise.all(shown.filter(isJson).map((file) => readOne(new URL(file, place))));
  }
  return [];
}

const isJson = (file: string): boolean => file.endsWith('.json');

async function readOne(file: URL): Promise<Example> {
  return parseJson(await readFile(file), AGENCY_LIMITS) as unknown as Example;
}
