/** Reads files of route tests: every mistake of each at once, with file, line and pointer. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import schema from '../../../schemas/route-test.json' with { type: 'json' };
import { sortFindings, type Finding } from '../../config/finding.ts';
import { fit } from '../../config/fit.ts';
import { mistakes, problemFindings } from '../../config/problem-findings.ts';
import { wrongPlaces } from '../../config/wrong-places.ts';
import { readYaml, type YamlFile } from '../../config/yaml-file.ts';
import type { Catalogue } from '../../domain/catalogue.ts';
import { compileForOwner } from '../../schema/validate.ts';
import { checkTests } from './check.ts';
import type { TestFile } from './types.ts';

export interface ReadTests {
  /** As it was named. */
  path: string;
  /** The file, when nothing is wrong with it. */
  tests?: TestFile;
  findings: Finding[];
}

const ENDING = '.test.yaml';
const check = compileForOwner(schema);

/** A file itself; of a folder every `*.test.yaml` in it and in its folders. */
export async function testFilesUnder(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => name.endsWith(ENDING) && !name.includes('node_modules'))
    .toSorted()
    .map((name) => join(path, name));
}

/** `catalogue`: what the tests speak of. */
export async function readTests(path: string, catalogue: Catalogue): Promise<ReadTests> {
  const { file, findings } = await readYaml(dirname(path), basename(path));
  if (!file || findings.length > 0)
    return { path, findings: findings.map((one) => ({ ...one, file: path })) };
  const named: YamlFile = { ...file, file: path };
  const problems = mistakes(check(file.value));
  const wrong = wrongPlaces(problems);
  const schemaFindings = problemFindings({ file: named, value: file.value, base: '' }, problems, schema);
  // What holds is looked at all the same: every mistake at once.
  const tests = fit(file.value, schema, wrong.at) as unknown as TestFile;
  const deeper = (await checkTests(named, tests, catalogue)).filter(({ pointer }) => !wrong.covers(pointer));
  const all = sortFindings([...schemaFindings, ...deeper]);
  return all.length > 0 ? { path, findings: all } : { path, tests, findings: [] };
}
