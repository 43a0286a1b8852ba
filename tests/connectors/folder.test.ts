/** Reading a connector's folder, and running one's own natively from wherever it lies. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ConnectorError } from '../../src/connectors/error.ts';
import { FOLDER_LIMITS, readFolder } from '../../src/connectors/folder.ts';
import { loadConnector } from '../../src/connectors/load.ts';
import { library } from './support.ts';

function written(files: Record<string, string | Uint8Array>): string {
  const path = mkdtempSync(join(tmpdir(), 'jembatan-folder-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectorError);
  return (error as ConnectorError).code;
}

test('files by their paths, sorted; what begins with a dot is not there', async () => {
  const path = written({
    'b.ts': 'b',
    'schemas/a.json': '{}',
    'adapter.ts': 'a',
    '.git/config': 'x',
    '.env': 'x',
  });
  const { kind, files } = await readFolder(path);
  expect([kind, [...files.keys()]]).toEqual(['code', ['adapter.ts', 'b.ts', 'schemas/a.json']]);
  expect(Buffer.from(files.get('b.ts')!).toString()).toBe('b');
});

describe('a folder that is refused', () => {
  test.each<[name: string, make: () => string, code: string]>([
    ['is not there', () => '/nowhere/at/all', 'connector_unreadable'],
    ['is a file', () => join(written({ a: '' }), 'a'), 'connector_unreadable'],
    ['is empty', () => written({}), 'connector_kind'],
    ['is both', () => written({ 'adapter.ts': '', 'connector.yaml': '' }), 'connector_kind'],
    [
      'holds a link to a file',
      () => {
        const path = written({ 'adapter.ts': '' });
        symlinkSync('/etc/hostname', join(path, 'x.json'));
        return path;
      },
      'connector_link',
    ],
    [
      'holds a link to a folder',
      () => {
        const path = written({ 'adapter.ts': '' });
        symlinkSync('/etc', join(path, 'schemas'));
        return path;
      },
      'connector_link',
    ],
    [
      'holds a file too large',
      () => written({ 'adapter.ts': '', 'a.json': new Uint8Array(FOLDER_LIMITS.fileBytes + 1) }),
      'connector_size',
    ],
    [
      'holds too much',
      () =>
        written(
          Object.fromEntries(
            Array.from({ length: 9 }, (_, n) => [`${n}.json`, new Uint8Array(FOLDER_LIMITS.fileBytes)]),
          ),
        ),
      'connector_size',
    ],
    [
      'holds too many files',
      () => written(Object.fromEntries(Array.from({ length: 401 }, (_, n) => [`${n}.json`, '']))),
      'connector_files',
    ],
    ['is too deep', () => written({ 'adapter.ts': '', 'a/b/c/d/e.json': '' }), 'connector_depth'],
  ])('%s', async (_, make, code) => {
    expect(await codeOf(readFolder(make()))).toBe(code);
  });
});

test("a stranger's examples and data come along; his simulator is never run", async () => {
  const path = written({
    'adapter.ts': library(),
    'simulator.ts': 'throw new Error("run natively")',
    'examples/one.json': '{"title":"one","operation":"issueCard"}',
  });
  const connector = await loadConnector(path, { clock: systemClock, as: 'foreign' });
  onTestFinished(() => connector.close());
  expect(connector.examples).toEqual([
    { file: 'examples/one.json', example: { title: 'one', operation: 'issueCard' } },
  ]);
  expect(await connector.simulator()).toBeNull();
});

/** In a process of its own: here the test runner stands in Node's place. */
const SCRIPT = `
import { writeFileSync } from 'node:fs';
import { systemClock } from './src/clock.ts';
import { loadConnector } from './src/connectors/load.ts';
const [path] = process.argv.slice(1);
const load = async () => {
  const connector = await loadConnector(path, { clock: systemClock, as: 'own' });
  return [connector.adapter.title.en, (await connector.simulator())?.leaves];
};
const first = await load();
writeFileSync(path + '/words.ts', "export const word: string = 'Archive';");
console.log(JSON.stringify([first, await load()]));
`;

test("one's own lies anywhere, finds the kit by name, and is read again as it is then", () => {
  const path = written({
    'adapter.ts': library({
      top: "import { word } from './words.ts';\nimport type { Call } from 'jembatan/kit';",
    }).replace("en: 'Library'", 'en: word'),
    'words.ts': "export const word: string = 'Library';",
    'simulator.ts':
      "import { LOST_HEADER } from 'jembatan/simulator';\nimport { word } from './words.ts';\nexport const makeSimulator = () => null;\nexport const leaves = { [word]: typeof LOST_HEADER };",
  });
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT, path], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    ['Library', { Library: 'string' }],
    ['Archive', { Archive: 'string' }],
  ]);
});

const BROKEN = `
import { systemClock } from './src/clock.ts';
import { loadConnector } from './src/connectors/load.ts';
for (const path of process.argv.slice(1)) {
  const told = await loadConnector(path, { clock: systemClock, as: 'own' }).then((it) => it.simulator()).then(
    () => 'taken',
    ({ code, findings = [], message }) => [code, findings[0]?.file, findings[0]?.line, message],
  );
  console.log(JSON.stringify(told));
}
`;

test("one's own that cannot be loaded says in which file and line, and nothing of the machine", () => {
  const paths = [
    { 'adapter.ts': 'export default {\n  name: [\n};' },
    { 'adapter.ts': library({ top: "import { gone } from './gone.ts';" }) },
    { 'adapter.ts': "import './words.ts';", 'words.ts': "\n\nthrow new Error('no words');" },
    { 'adapter.ts': 'export const adapter = 1;' },
    { 'adapter.ts': library(), 'simulator.ts': '\nconst = 3;' },
    { 'adapter.ts': library(), 'simulator.ts': 'export const leaves = {};' },
  ].map((files) => written(files as Record<string, string>));
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', BROKEN, ...paths], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(told).toEqual([
    ['connector_load', 'adapter.ts', 3, expect.stringContaining('adapter.ts:3: It cannot be loaded: ')],
    ['connector_load', 'adapter.ts', null, expect.stringContaining("'gone.ts' imported from adapter.ts")],
    ['connector_load', 'words.ts', 3, expect.stringContaining('no words')],
    ['connector_load', 'adapter.ts', null, expect.stringContaining('export default')],
    ['connector_load', 'simulator.ts', 2, expect.stringContaining('simulator.ts:2: ')],
    ['connector_load', 'simulator.ts', null, expect.stringContaining('makeSimulator')],
  ]);
  expect(stdout).not.toContain(tmpdir());
});
