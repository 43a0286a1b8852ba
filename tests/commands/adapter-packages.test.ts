/** The commands around packages: keys, trust, packing, adding, listing, removing; and a bus that carries what was added. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SHIPPED } from '../config/broken.ts';
import { library } from '../connectors/support.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

/** The exam has tests of its own; here it says what a test wants to hear. */
const exam = vi.hoisted(() => ({ grade: 'A', asked: [] as { simulator: boolean; interpreted: boolean }[] }));
vi.mock('../../src/adapter-kit/exam/index.ts', () => ({
  examine: (
    connector: { adapter: { name: string } },
    options: { simulator: boolean; interpreter: unknown },
  ) => {
    const { grade } = exam;
    exam.asked.push({ simulator: options.simulator, interpreted: options.interpreter !== null });
    const findings = [
      {
        part: 'guide',
        severity: 'fail',
        code: 'no_guide',
        where: 'guide.md',
        message: 'There is none',
        fix: 'Write it',
      },
    ];
    const parts = [{ name: 'guide', findings: grade === 'A' ? [] : findings }];
    return Promise.resolve({
      name: connector.adapter.name,
      grade,
      minGrade: 'B',
      passed: grade === 'A',
      parts,
    });
  },
}));

let env: Record<string, string>;
let place: string;
beforeEach(() => {
  exam.grade = 'A';
  exam.asked.length = 0;
  place = temporaryFolder();
  const config = join(place, 'config');
  cpSync(SHIPPED, config, { recursive: true });
  env = { JEMBATAN_DATA: join(place, 'data'), JEMBATAN_CONFIG: config };
});

const at = (name: string): string => join(place, name);
const run = (...words: string[]): Promise<Ran> => jembatan(words, env);
const json = async (...words: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(...words, '--json')).out.join('\n')) as Record<string, unknown>;
const kept = (): string[] =>
  existsSync(env['JEMBATAN_DATA']!)
    ? readdirSync(env['JEMBATAN_DATA']!, { recursive: true, encoding: 'utf8' }).toSorted()
    : [];

function write(version = '1.0.0', more = ''): string {
  const folder = at(`library-${version}`);
  mkdirSync(join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'adapter.ts'), library().replace("'1.0.0'", `'${version}'`) + more);
  writeFileSync(join(folder, 'guide.md'), '# Library');
  return folder;
}

/** A package of ours, by a publisher who is trusted. */
async function made(version = '1.0.0', more = ''): Promise<string> {
  if (!existsSync(at('key'))) {
    await run('adapter', 'key', at('key'));
    await run('adapter', 'trust', 'add', at('key.pub'), '--name', 'dinas');
  }
  const out = at(`${version}.jembatan`);
  const { code, err } = await run('adapter', 'pack', write(version, more), '--key', at('key'), '--out', out);
  expect([code, err.length]).toEqual([0, 1]);
  return out;
}

test('a publisher makes keys: the private one is for its owner alone and never written over', async () => {
  const { code, out, err } = await run('adapter', 'key', at('key'));
  expect([code, err]).toEqual([0, [`${at('key')} is private: keep it`]]);
  expect(out).toEqual([readFileSync(at('key.pub'), 'utf8').trim()]);
  expect(out[0]).toMatch(/^ed25519:[\w-]{43}$/);
  expect(statSync(at('key')).mode & 0o777).toBe(0o600);
  const before = readFileSync(at('key'), 'utf8');
  expect(await run('adapter', 'key', at('key'))).toMatchObject({
    code: 2,
    err: [`${at('key')} is there already: name another file`],
  });
  expect(readFileSync(at('key'), 'utf8')).toBe(before);
});

describe('trust', () => {
  test('is kept in publishers.yaml, comments and all, and checked with the rest', async () => {
    const file = join(env['JEMBATAN_CONFIG']!, 'publishers.yaml');
    writeFileSync(
      file,
      '# ours\nmuseum:\n  keys: [ed25519:7Qx0b1cXyZ3mF4uXq8r2GkT9s5vLwA6nE0hJdPiBcDo] # since 2026\n',
    );
    await run('adapter', 'key', at('key'));
    const key = readFileSync(at('key.pub'), 'utf8').trim();
    expect(await run('adapter', 'trust', 'add', key, '--name', 'dinas')).toMatchObject({
      code: 0,
      out: [`dinas is trusted: ${key}`],
    });
    await run('adapter', 'key', at('new'));
    expect((await run('adapter', 'trust', 'add', at('new.pub'), '--name', 'dinas')).code).toBe(0);
    expect(await json('adapter', 'trust', 'list')).toEqual({
      publishers: [
        { name: 'museum', keys: ['ed25519:7Qx0b1cXyZ3mF4uXq8r2GkT9s5vLwA6nE0hJdPiBcDo'], connectors: [] },
        { name: 'dinas', keys: [key, readFileSync(at('new.pub'), 'utf8').trim()], connectors: [] },
      ],
    });
    expect((await run('check')).code).toBe(0);
    expect(await run('adapter', 'trust', 'remove', 'dinas')).toMatchObject({
      code: 0,
      out: ['dinas is trusted no more'],
    });
    expect(readFileSync(file, 'utf8')).toContain('# since 2026');
    expect(readFileSync(file, 'utf8')).not.toContain('dinas');
  });

  test.each([
    [['adapter', 'trust', 'add', 'hello', '--name', 'dinas'], 1, 'no public key'],
    [
      ['adapter', 'trust', 'add', 'ed25519:7Qx0b1cXyZ3mF4uXq8r2GkT9s5vLwA6nE0hJdPiBcDo', '--name', '../x'],
      2,
      '--name',
    ],
    [['adapter', 'trust', 'add', 'ed25519:7Qx0b1cXyZ3mF4uXq8r2GkT9s5vLwA6nE0hJdPiBcDo'], 2, '--name'],
    [['adapter', 'trust', 'remove', 'dinas'], 2, 'There is no publisher dinas'],
  ])('%j is refused', async (words, code, said) => {
    const ran = await run(...words);
    expect([ran.code, ran.err.join('\n')]).toEqual([code, expect.stringContaining(said)]);
    expect(existsSync(join(env['JEMBATAN_CONFIG']!, 'publishers.yaml'))).toBe(false);
  });

  test('a key under two names, and one that is none, are findings with their places', async () => {
    const key = 'ed25519:7Qx0b1cXyZ3mF4uXq8r2GkT9s5vLwA6nE0hJdPiBcDo';
    writeFileSync(
      join(env['JEMBATAN_CONFIG']!, 'publishers.yaml'),
      `a:\n  keys: [${key}]\nb:\n  keys:\n    - ${key}\nc:\n  key: x\n`,
    );
    const { code, out } = await run('check');
    expect(code).toBe(1);
    expect(out.join('\n')).toContain('publishers.yaml:5 /b/keys/0 publisher_key_shared: a has the same key');
    expect(out.join('\n')).toMatch(/publishers\.yaml:7 \/c\/key/);
    expect((await run('adapter', 'trust', 'list')).code).toBe(1);
  });

  test('goes only after the connectors that it stands for', async () => {
    await run('adapter', 'add', await made());
    const { code, err } = await run('adapter', 'trust', 'remove', 'dinas');
    expect([code, err]).toEqual([
      1,
      ['library@1 came from dinas and would not start any more. First: jembatan adapter remove library@1'],
    ]);
  });
});

describe('pack', () => {
  test('examines its own natively and in the interpreter, and makes the same bytes again', async () => {
    const first = readFileSync(await made());
    expect(exam.asked).toEqual([{ simulator: true, interpreted: true }]);
    expect(readFileSync(await made()).equals(first)).toBe(true);
    expect(
      await json('adapter', 'pack', at('library-1.0.0'), '--key', at('key'), '--out', at('x')),
    ).toMatchObject({ file: at('x'), grade: 'A', bytes: first.length });
  });

  test.each<[name: string, spoil: () => void, said: string]>([
    ['a failed exam', () => void (exam.grade = 'D'), 'library has grade D, and B is the least'],
    [
      'a file that has no place',
      () => writeFileSync(at('library-1.0.0/notes.txt'), ''),
      'notes.txt package_path',
    ],
    ['a key that is none', () => writeFileSync(at('key'), 'x'), 'no private ed25519 key'],
  ])('%s: nothing is made', async (_, spoil, said) => {
    await run('adapter', 'key', at('key'));
    write();
    spoil();
    const { code, err } = await run(
      'adapter',
      'pack',
      at('library-1.0.0'),
      '--key',
      at('key'),
      '--out',
      at('out'),
    );
    expect([code, err.join('\n')]).toEqual([1, expect.stringContaining(said)]);
    expect(existsSync(at('out'))).toBe(false);
  });
});

describe('add', () => {
  test('verified and examined in the interpreter alone, it is listed beside what is shipped', async () => {
    const { code, out, err } = await run('adapter', 'add', await made());
    expect([code, out]).toEqual([0, ['library@1 is added: version 1.0.0, from dinas, grade A']]);
    expect(err).toEqual(['The bus carries it from its next start on']);
    expect(exam.asked.at(-1)).toEqual({ simulator: false, interpreted: true });
    expect(kept()).toEqual(['adapters', 'adapters/library@1.jembatan']);
    const listed = await run('adapter', 'list');
    expect(listed.out.find((line) => line.startsWith('library@'))).toMatch(
      /^library@1\.0\.0 +dinas +A +issueCard +keyed +- +-$/,
    );
    expect((await run('adapter', 'add', at('1.0.0.jembatan'))).out[0]).toContain('is there already');
  });

  test.each<[name: string, words: () => Promise<string[]>, code: number, said: string]>([
    ['a folder without --own', async () => [write()], 2, 'nobody has signed it'],
    ['a file with --own', async () => [await made(), '--own'], 2, '--own belongs to a folder'],
    ['a file that is not there', async () => [at('no.jembatan')], 1, 'no such file'],
    [
      'a file of something else',
      async () => [join(env['JEMBATAN_CONFIG']!, 'agencies.yaml')],
      1,
      'This is no package',
    ],
    [
      'one that is called as the bus itself',
      async () => {
        const folder = write();
        writeFileSync(join(folder, 'adapter.ts'), library().replace("name: 'library'", "name: 'bus'"));
        return [folder, '--own'];
      },
      1,
      'bus@1 comes with this bus',
    ],
    [
      'one that fails its exam',
      async () => {
        const file = await made();
        exam.grade = 'F';
        return [file];
      },
      1,
      'guide.md no_guide: There is none. Write it',
    ],
    [
      'one whose publisher is not trusted',
      async () => {
        const file = await made();
        await run('adapter', 'trust', 'remove', 'dinas');
        return [file];
      },
      1,
      'jembatan adapter trust add ed25519:',
    ],
  ])('%s is refused and leaves nothing', async (_, words, code, said) => {
    const ran = await run('adapter', 'add', ...(await words()));
    expect([ran.code, ran.err.join('\n')]).toEqual([code, expect.stringContaining(said)]);
    expect(kept()).toEqual([]);
  });

  test("one's own folder, unsigned", async () => {
    expect((await run('adapter', 'add', write(), '--own')).out).toEqual([
      'library@1 is added: version 1.0.0, your own, unsigned, grade A',
    ]);
    const { adapters } = (await json('adapter', 'list')) as {
      adapters: { name: string; from: string; publisher: null }[];
    };
    expect(adapters.find(({ name }) => name === 'library')).toMatchObject({
      from: 'own',
      publisher: null,
      grade: 'A',
    });
  });
});

const AGENCY = `
perpustakaan:
  role: library
  title: { id: Perpustakaan, en: Library }
  regions: ['*']
  adapter: library
  major: 1
  settings: {}
`;

describe('what goes by an added connector', () => {
  const entry = (): void =>
    writeFileSync(
      join(env['JEMBATAN_CONFIG']!, 'agencies.yaml'),
      readFileSync(join(SHIPPED, 'agencies.yaml'), 'utf8') + AGENCY,
    );

  test('an agency may name it, and then it is not removed', async () => {
    entry();
    expect((await run('check')).out.join('\n')).toContain('No adapter library');
    await run('adapter', 'add', await made());
    expect(await run('check')).toMatchObject({ code: 0 });
    expect(await run('adapter', 'remove', 'library@1')).toMatchObject({
      code: 1,
      err: ['agencies.yaml goes by library@1 for perpustakaan: take it out there first'],
    });
    writeFileSync(
      join(env['JEMBATAN_CONFIG']!, 'agencies.yaml'),
      readFileSync(join(SHIPPED, 'agencies.yaml')),
    );
    expect(await run('adapter', 'remove', 'library@1')).toMatchObject({
      code: 0,
      out: ['library@1 is removed'],
    });
    expect(kept()).toEqual(['adapters']);
  });

  test.each([
    ['library@1', 'was not added to this bus'],
    ['banking@1', 'It comes with the bus'],
    ['../../x', 'was not added to this bus'],
  ])('%s cannot be removed: %s', async (id, said) => {
    const ran = await run('adapter', 'remove', id);
    expect([ran.code, ran.err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
  });

  test('a broken one is one line with what to do, and nothing starts', async () => {
    await run('adapter', 'add', await made());
    const file = join(env['JEMBATAN_DATA']!, 'adapters/library@1.jembatan');
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    const line = /^adapters\/library@1\.jembatan package_missing: The package is broken/;
    const checked = await run('check');
    expect([checked.code, checked.out]).toEqual([1, [expect.stringMatching(line)]]);
    const started = await run('start');
    // Secrets are missing too: all is said at once.
    expect([started.code, started.err[0], started.err.length > 5]).toEqual([
      1,
      expect.stringMatching(line),
      true,
    ]);
    const listed = await run('adapter', 'list');
    expect([listed.code, listed.err.join('\n')]).toEqual([
      1,
      expect.stringContaining('the bus will not start'),
    ]);
    expect(await run('adapter', 'remove', 'library@1')).toMatchObject({ code: 0 });
    expect((await run('check')).code).toBe(0);
  });
});
