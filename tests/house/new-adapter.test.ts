/** A new adapter needs one folder and one line: shown on a copy of the tree, in processes of their own. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { ROOT } from './source.ts';

const COPIED = [
  'src',
  'adapters',
  'schemas',
  'config',
  'tests/contracts',
  'package.json',
  'vitest.config.ts',
];
const LINE = "  (await import('./passport/adapter.ts')).default,\n";
const AGENCY = `
paspor-6112:
  role: passport
  title: { id: Kantor Imigrasi Kubu Raya, en: Kubu Raya immigration office }
  regions: ['61.12']
  adapter: passport
  major: 1
  settings:
    baseUrl: http://127.0.0.1:9804
    apiKey: secret://file/paspor-6112-apiKey
    newsSecret: secret://file/paspor-6112-newsSecret
`;
/** What `jembatan demo` begins with: configuration checked, secrets made, every agency's stand-in and the bus opened. */
const OPEN = `
import { adapters } from './adapters/index.ts';
import { checkConfig } from './src/config/check.ts';
import { makeWorld } from './src/commands/demo/world.ts';
const { findings } = await checkConfig('config', adapters);
const world = await makeWorld('config', 'silent');
const { simulator, leaves, open, url } = world.standIns.passport;
await open();
const book = await (await fetch(url + '/_sim/book')).json();
await world.close();
console.log(JSON.stringify({ names: adapters.map(({ name }) => name), findings, leaves, book }));
`;

let tree: string;
const run = promisify(execFile);

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'jembatan-new-adapter-'));
  for (const path of COPIED) await cp(join(ROOT, path), join(tree, path), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  await cp(join(tree, 'adapters/police'), join(tree, 'adapters/passport'), { recursive: true });
  await edit('adapters/passport/adapter.ts', (text) => text.replace("name: 'police'", "name: 'passport'"));
  await edit('adapters/index.ts', (text) => text.replace('];', `${LINE}];`));
  await edit('config/agencies.yaml', (text) => text + AGENCY);
});
afterAll(() => rm(tree, { recursive: true, force: true }));

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(join(tree, path), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(join(tree, path), after);
}

test('the configuration may name it, and the demo finds its stand-in', async () => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', OPEN], { cwd: tree });
  expect(JSON.parse(stdout)).toEqual({
    names: [...adapters.map(({ name }) => name), 'passport'],
    findings: [],
    leaves: { issueRecordCertificate: 'recordCertificate' },
    book: { entries: [] },
  });
});

test('the contract suites run its examples and its stand-in', async () => {
  const suites = ['tests/contracts/exam.test.ts', 'tests/contracts/simulators.test.ts'];
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=json', '--outputFile=report.json', '-t', 'passport', ...suites];
  await run(process.execPath, args, { cwd: tree });
  const { success, testResults } = JSON.parse(await readFile(join(tree, 'report.json'), 'utf8')) as {
    success: boolean;
    testResults: { name: string; assertionResults: { status: string }[] }[];
  };
  const passed = testResults.map(({ assertionResults }) => {
    return assertionResults.filter(({ status }) => status === 'passed').length;
  });
  expect(success).toBe(true);
  expect(passed).toHaveLength(suites.length);
  for (const count of passed) expect(count).toBeGreaterThan(5);
}, 60_000);
