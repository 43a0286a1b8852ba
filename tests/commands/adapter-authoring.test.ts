/** An author's commands: a new connector that passes at once, run at every save, tried with one call. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { pagesOf } from '../../src/commands/adapter/docs.ts';
import { jembatan, startable, temporaryFolder } from './stand.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PERSON = { nik: '9901014508909999', fullName: 'Contoh Ibu', birthDate: '1990-08-05' };

/** A new connector in a folder of its own, and a file of input beside it. */
async function begin(words: string[] = []): Promise<{ folder: string; input: string; place: string }> {
  const place = temporaryFolder();
  const { code, err } = await jembatan(['adapter', 'new', 'library', '--in', place, ...words]);
  expect([code, err.length]).toEqual([0, 2]);
  const input = join(place, 'person.json');
  writeFileSync(input, JSON.stringify(PERSON));
  return { folder: join(place, 'library'), input, place };
}

/** Changes a file; the test is none when nothing changes. */
function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe('adapter new', () => {
  test.each([
    ['code', [], ['adapter.ts', 'examples', 'guide.md', 'schemas', 'simulator.ts']],
    ['YAML', ['--yaml'], ['connector.yaml', 'guide.md']],
  ])('in %s: has the top grade at once', async (_, words, files) => {
    const { folder } = await begin(words);
    expect(readdirSync(folder).toSorted()).toEqual(files);
    const { code, out } = await jembatan(['adapter', 'test', folder, '--min-grade', 'A']);
    expect([code, out.at(-1)]).toEqual([0, 'grade A: passed; nothing to mend']);
  });

  test.each(['Library', 'a--b', '-a', 'a/b', '..', 'a'.repeat(64), ''])(
    'refuses the name "%s"',
    async (name) => {
      const place = temporaryFolder();
      const { code, err } = await jembatan(['adapter', 'new', '--in', place, '--', name]);
      expect(code).toBe(2);
      expect(err.join(' ')).toMatch(/small letters, digits and single dashes/);
      expect(readdirSync(place)).toEqual([]);
    },
  );

  test.each(['null', 'true', 'x-1'])('takes the name %s, whatever YAML makes of it', async (name) => {
    const place = temporaryFolder();
    await jembatan(['adapter', 'new', name, '--yaml', '--in', place]);
    const { code, out } = await jembatan([
      'adapter',
      'test',
      join(place, name),
      '--only',
      'schemas,examples',
    ]);
    expect([code, out[0]]).toEqual([0, `${name} 1.0.0 (connector.yaml)`]);
  });

  test.each(['tax', 'bus'])('refuses the name %s: no bus would add it', async (name) => {
    const place = temporaryFolder();
    const { code, err } = await jembatan(['adapter', 'new', name, '--in', place]);
    expect([code, err]).toEqual([
      2,
      [`${name}@1 comes with the bus: a connector of one's own has another name`],
    ]);
    expect(readdirSync(place)).toEqual([]);
  });

  test('writes over nothing', async () => {
    const place = temporaryFolder();
    mkdirSync(join(place, 'library'));
    writeFileSync(join(place, 'library/mine.txt'), 'mine');
    const { code, err } = await jembatan(['adapter', 'new', 'library', '--in', place]);
    expect([code, err]).toEqual([
      2,
      [`${join(place, 'library')} is not empty: give another name, or clear it away`],
    ]);
    expect(readdirSync(join(place, 'library'))).toEqual(['mine.txt']);
  });
});

describe('adapter dev --once', () => {
  test.each([
    ['code', []],
    ['YAML', ['--yaml']],
  ])('shows request, reply and outcome of a connector in %s', async (_, words) => {
    const { folder } = await begin(words);
    const { code, out } = await jembatan(['adapter', 'dev', folder, '--once']);
    const text = out.join('\n');
    expect(code).toBe(0);
    expect(text).toMatch(/→ PUT \/registrations\/\d{20}\n.*"nik":"\*{12}9999".*"born":"05-08-1990"/);
    expect(text).toMatch(/← 200 application\/json\n.*"registrationNumber":"REG-000001"/);
    expect(text).toContain('= {"is":"ok","output":{"registrationNumber":"REG-000001"}}');
    expect(out.at(-1)).toBe('all went as the examples show');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('contoh-kunci');
  });

  test('says when an exchange goes otherwise', async () => {
    const { folder } = await begin();
    edit(join(folder, 'simulator.ts'), "status: 'DONE'", "status: 'LATER'");
    const { code, out, err } = await jembatan(['adapter', 'dev', folder, '--once']);
    expect(code).toBe(1);
    expect(out.join('\n')).toContain('this is not what the examples show');
    expect(err).toEqual(['1 exchange did not go as the examples show']);
  });

  test('shows what the agency tells', async () => {
    const { code, out } = await jembatan(['adapter', 'dev', join(ROOT, 'adapters/police'), '--once']);
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/⇐ \/news .*"status":"ISSUED"/);
    expect(out.join('\n')).toMatch(/= \{"is":"ok".*answered 200/);
  });

  test('of what is broken shows every finding', async () => {
    const { folder } = await begin(['--yaml']);
    edit(join(folder, 'connector.yaml'), 'effect: keyed', 'effect: sure');
    const { code, err } = await jembatan(['adapter', 'dev', folder, '--once']);
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(
      /connector\.yaml:\d+ \/operations\/register\/effect invalid_value: .*Allowed: read, keyed/,
    );
  });
});

describe('adapter dev', () => {
  let child: ChildProcess | undefined;
  afterEach(() => void child?.kill('SIGKILL'));

  /** A real process; `until` waits for what it says next. */
  function begun(folder: string): { until(text: string): Promise<string>; ended: Promise<number | null> } {
    const running = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), 'adapter', 'dev', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    let said = '';
    let look = (): void => undefined;
    const hear = (data: Buffer): void => {
      said += data.toString();
      look();
    };
    running.stdout.on('data', hear);
    running.stderr.on('data', hear);
    return {
      until: (text) =>
        new Promise((done) => {
          look = () => {
            if (!said.includes(text)) return;
            const heard = said;
            said = '';
            look = () => undefined;
            done(heard);
          };
          look();
        }),
      ended: new Promise((done) => void running.once('close', done)),
    };
  }

  test('loads each save anew, keeps the last good one, ends on Ctrl-C', async () => {
    const { folder } = await begin();
    const { until, ended } = begun(folder);
    const first = await until('Ctrl-C ends');
    expect(first).toContain('all went as the examples show');
    const port = /stand-in at (\S+);/.exec(first)![1]!;
    edit(join(folder, 'adapter.ts'), "born: birthDate.split('-')", "born: birthDate.spl it('-')");
    const broken = await until('Ctrl-C ends');
    expect(broken).toContain('the last good one goes on');
    expect(broken).not.toContain('all went as the examples show');
    expect((await fetch(`${port}/_sim/book`)).status).toBe(200);
    edit(join(folder, 'adapter.ts'), "born: birthDate.spl it('-')", "day: birthDate.split('-')");
    expect(await until('Ctrl-C ends')).toContain('"day":"05-08-1990"');
    child!.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  test('sees every save of an editor that puts a new file in the old one’s place', async () => {
    const { folder, place } = await begin();
    const { until } = begun(folder);
    await until('Ctrl-C ends');
    const whole = readFileSync(join(folder, 'adapter.ts'), 'utf8');
    const save = (field: string, path: string): void =>
      writeFileSync(path, whole.replace('born: birthDate', `${field}: birthDate`));
    for (const field of ['first', 'second']) {
      save(field, join(place, 'saved.ts'));
      renameSync(join(place, 'saved.ts'), join(folder, 'adapter.ts'));
      expect(await until('Ctrl-C ends')).toContain(`"${field}":"05-08-1990"`);
    }
    save('third', join(folder, 'adapter.ts'));
    expect(await until('Ctrl-C ends')).toContain('"third":"05-08-1990"');
    edit(join(folder, 'examples/register-ok.json'), '"Registered"', '"Registered at once"');
    expect(await until('Ctrl-C ends')).toContain('Registered at once');
  });

  test('on a port that is taken names the option', async () => {
    const { folder } = await begin();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, err } = await jembatan(['adapter', 'dev', folder, '--once', '--port', String(port)]);
    taken.close();
    expect([code, err]).toEqual([
      1,
      [`Port ${port} is taken: stop who listens there, or name another by --port`],
    ]);
  });
});

describe('adapter try', () => {
  test('one call to the connector’s own stand-in', async () => {
    const { folder, input } = await begin();
    const { code, out } = await jembatan([
      'adapter',
      'try',
      'register',
      '--path',
      folder,
      '--input',
      input,
      '--key',
      '42',
    ]);
    expect(code).toBe(0);
    expect(out[0]).toBe('library (stand-in) register send, key 42');
    expect(out.join('\n')).toMatch(/→ PUT \/registrations\/42\n[\s\S]*← 200[\s\S]*= \{"is":"ok"/);
  });

  test('as JSON, masked', async () => {
    const { folder, input } = await begin();
    const { out } = await jembatan([
      'adapter',
      'try',
      'register',
      '--path',
      folder,
      '--input',
      input,
      '--json',
    ]);
    const { turns } = JSON.parse(out.join('\n')) as { turns: { sent: string; outcome: object }[] };
    expect(turns).toMatchObject([{ outcome: { is: 'ok' } }]);
    expect(turns[0]!.sent).toContain('************9999');
  });

  test('with settings of one’s own: those that are missing or unknown are named', async () => {
    const { folder, input, place } = await begin();
    const settings = join(place, 'settings.yaml');
    writeFileSync(settings, 'baseUrl: https://x.example\napiKy: abcdef\n');
    const words = ['adapter', 'try', 'register', '--path', folder, '--input', input, '--settings', settings];
    const { code, err } = await jembatan(words);
    expect(code).toBe(1);
    expect(err).toEqual([
      'settings.yaml:1 /apiKey missing_field: apiKey is missing. Add apiKey.',
      'settings.yaml:2 /apiKy unknown_field: apiKy is not known here. Write "apiKey".',
      '2 mistakes: nothing was done',
    ]);
  });

  test.each<[string, object | string, string]>([
    ['an unknown field', { ...PERSON, birtDate: '' }, '/birtDate unknown_field: birtDate is not known here'],
    [
      'a missing field',
      { nik: PERSON.nik, fullName: 'A' },
      '/birthDate missing_field: birthDate is missing. Add birthDate.',
    ],
    [
      'a field of another form',
      { ...PERSON, nik: '12' },
      '/nik invalid_value: nik: is not written as this field wants it',
    ],
    ['no object', '[1]', 'invalid_value'],
    ['no JSON', '{', 'config_yaml'],
  ])('%s of the input', async (_, input, expected) => {
    const { folder, place } = await begin();
    const file = join(place, 'input.json');
    writeFileSync(file, typeof input === 'string' ? input : JSON.stringify(input));
    const { code, err } = await jembatan(['adapter', 'try', 'register', '--path', folder, '--input', file]);
    expect([code, err.at(-1)]).toEqual([1, '1 mistake: nothing was done']);
    expect(err[0]).toContain(expected);
  });

  test.each<[string, string[], string]>([
    [
      'an operation that is not there',
      ['registr', '--path', 'FOLDER'],
      'library has no operation registr. Write "register".',
    ],
    [
      'an exchange that it has not',
      ['register', '--path', 'FOLDER', '--kind', 'inquiry'],
      'library.register has no inquiry.',
    ],
    [
      'nobody to call',
      ['register'],
      'Name one of --path FOLDER (its own stand-in) and --agency ID (the real one)',
    ],
    ['two to call', ['register', '--path', 'FOLDER', '--agency', 'x'], 'Name one of --path'],
    ['a key that is none', ['register', '--path', 'FOLDER', '--key', 'x1'], '--key takes at most 20 digits'],
    [
      'settings for an agency',
      ['register', '--agency', 'x', '--settings', 'FOLDER'],
      '--settings goes with --path',
    ],
  ])('%s', async (_, words, expected) => {
    const { folder, input } = await begin();
    const named = words.map((word) => (word === 'FOLDER' ? folder : word));
    const { code, err } = await jembatan(['adapter', 'try', ...named, '--input', input]);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain(expected);
  });

  describe('a configured agency', () => {
    /** The shipped mall with the police's stand-in behind it, on a port of its own. */
    async function mall(): Promise<{ env: Record<string, string>; input: string; place: string }> {
      const place = temporaryFolder();
      cpSync(join(ROOT, 'config'), join(place, 'config'), { recursive: true });
      const env = startable({ JEMBATAN_CONFIG: join(place, 'config') });
      const input = join(place, 'input.json');
      const applicant = { ...PERSON, purpose: 'Melamar pekerjaan', photoDocumentId: 'photo' };
      writeFileSync(input, JSON.stringify(applicant));
      return { env, input, place };
    }
    const words = (input: string, ...more: string[]): string[] => {
      return [
        'adapter',
        'try',
        'issueRecordCertificate',
        '--agency',
        'polres-6112',
        '--input',
        input,
        ...more,
      ];
    };

    test('is not called for what has an effect, unless that is meant', async () => {
      const { env, input } = await mall();
      const { code, err } = await jembatan(words(input), env);
      expect([code, err]).toEqual([
        2,
        [
          'issueRecordCertificate (inquirable) changes something at polres-6112, and no application would know of it: add --yes if that is meant',
        ],
      ]);
    });

    test('needs documents that are there', async () => {
      const { env, input } = await mall();
      const { code, err } = await jembatan(words(input, '--yes'), env);
      expect([code, err]).toEqual([1, ['surely not done: document_unavailable']]);
    });

    test('that does not answer is said to be so, with no secret shown', async () => {
      const { env, input, place } = await mall();
      writeFileSync(join(place, 'photo'), '%PDF-1.4');
      const { code, out, err } = await jembatan(words(input, '--yes', '--documents', place), env);
      expect([code, err]).toEqual([1, ['surely not done: connection_refused']]);
      expect(out.join('\n')).not.toContain('hush');
    });

    test('with a name that is not there: the nearest', async () => {
      const { env, input } = await mall();
      const { code, err } = await jembatan(
        ['adapter', 'try', 'x', '--agency', 'polres-6113', '--input', input],
        env,
      );
      expect([code, err[0]]).toEqual([
        2,
        'The configuration has no agency polres-6113. Write "polres-6112".',
      ]);
    });
  });
});

describe('adapter docs --check', () => {
  test('names the pages that are stale, and the command that mends them; writes nothing', async () => {
    const pages = await pagesOf(systemClock);
    const held = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
    const stale = Object.keys(pages).filter((page) => held(page) !== pages[page]);
    const { code, out, err } = await jembatan(['adapter', 'docs', '--check']);
    expect(out).toEqual(stale.map((page) => `${page} is stale`));
    expect([code, err]).toEqual(stale.length === 0 ? [0, []] : [1, ['Run: npx jembatan adapter docs']]);
  });
});
