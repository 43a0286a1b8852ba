/** The exam: the sound permit office reaches the top grade, and every bad one is caught by name. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostedNews, JsonObject } from '../../src/adapter-kit/contract.ts';
import { examine } from '../../src/adapter-kit/exam/index.ts';
import { systemClock } from '../../src/clock.ts';
import { inZone } from '../../src/config/env.ts';
import { loadConnector, type LoadedConnector } from '../../src/connectors/load.ts';
import { sandboxedAdapter, type SandboxedAdapter } from '../../src/connectors/sandbox/index.ts';
import { coverage } from './bad/coverage.ts';
import { effects } from './bad/effects.ts';
import { examples } from './bad/examples.ts';
import { hosted } from './bad/hosted.ts';
import { privacy } from './bad/privacy.ts';
import { purity } from './bad/purity.ts';
import { schemas } from './bad/schemas.ts';
import { guide, speed } from './bad/speed.ts';
import { withFile } from './spoil.ts';

const clock = systemClock;
let sound: LoadedConnector;
let interpreter: SandboxedAdapter;

beforeAll(async () => {
  sound = await loadConnector(join(import.meta.dirname, 'sound'), { clock, as: 'own' });
  interpreter = await sandboxedAdapter(sound.folder, { clock });
});
afterAll(async () => {
  await interpreter.close();
  await sound.close();
});

test('the sound one reaches the top grade, natively and in the interpreter', async () => {
  const report = await examine(sound, {
    clock,
    interpreter,
    simulator: true,
    minGrade: 'A',
    host: { inZone },
  });
  expect(report.parts.flatMap(({ findings }) => findings)).toEqual([]);
  expect(report).toMatchObject({
    name: 'permit-office',
    version: '1.0.0',
    kind: 'code',
    grade: 'A',
    passed: true,
  });
});

test('a stranger’s is examined in the interpreter alone, without its stand-in', async () => {
  const foreign = await loadConnector(join(import.meta.dirname, 'sound'), { clock, as: 'foreign' });
  try {
    const report = await examine(foreign, {
      clock,
      interpreter: foreign.adapter,
      simulator: false,
      minGrade: 'A',
    });
    expect(report.parts.flatMap(({ findings }) => findings)).toEqual([]);
    expect(report.grade).toBe('A');
    expect(report.parts.find(({ name }) => name === 'effects')!.facts).toContain('no stand-in was run');
  } finally {
    await foreign.close();
  }
});

const bad = {
  ...schemas,
  ...examples,
  ...purity,
  ...effects,
  ...privacy,
  ...coverage,
  ...hosted,
  ...speed,
  ...guide,
};

test.each<[string, string, (body: string) => string]>([
  ['a form', 'application/x-www-form-urlencoded', (body) => String(new URLSearchParams(JSON.parse(body)))],
  [
    'XML',
    'application/xml',
    (body) =>
      `<news>${Object.entries(JSON.parse(body) as object)
        .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
        .join('')}</news>`,
  ],
])('news in %s is read as the bus reads it', async (_, type, write) => {
  const module = (await sound.simulator())!;
  const simulator = async (): Promise<typeof module> => ({
    ...module,
    makeSimulator: (options) =>
      module.makeSimulator({
        ...options,
        send: (path, init) =>
          options.send(path, { ...init, headers: { 'Content-Type': type }, body: write(init.body) }),
      }),
  });
  const { news } = sound.adapter.hosted as Record<'news', HostedNews>;
  // What XML holds lies in its root.
  const read: HostedNews['read'] = (message, call) => {
    const root = (message.body as JsonObject | null)?.['news'];
    return news.read({ ...message, body: root ?? message.body }, call);
  };
  const spoken = { ...sound.adapter, hosted: { news: { ...news, read } } };
  const options = { clock, interpreter: null, simulator: true, only: ['hosted' as const] };
  const { parts } = await examine({ ...sound, adapter: spoken, simulator }, options);
  expect(parts[0]!.findings).toEqual([]);
  expect(parts[0]!.facts).toEqual(['news: read and answered']);
});

describe('an adapter that', () => {
  test.each(Object.entries(bad))('%s is caught', async (_, { part, code, where = '', standIn, of }) => {
    const simulator = part === 'hosted' || standIn === true;
    const options = { clock, interpreter: null, simulator, only: [part], host: { inZone } };
    const { parts, grade } = await examine(of(sound), options);
    const found = parts[0]!.findings.find((one) => one.code === code && one.where.startsWith(where));
    expect(
      found,
      JSON.stringify(parts[0]!.findings.map((one) => [one.code, one.where, one.message])),
    ).toBeDefined();
    expect(found!.message + found!.fix).toMatch(/^\S[^]*\S$/);
    expect(grade).not.toBe('A');
  });

  test('works in Node alone is caught in the interpreter', async () => {
    const source = "import { hex } from './hex.ts';\nexport const letterhead = hex;";
    const files = withFile(
      withFile(sound, 'hex.ts', "export const hex = new URL('http://a.test').host;"),
      'operations.ts',
      source,
    );
    await expect(sandboxedAdapter(files.folder as LoadedConnector['folder'], { clock })).rejects.toThrow();
  });

  test('answers otherwise behind its wall is caught', async () => {
    const { operations } = interpreter;
    const reply = async () => ({ is: 'unknown' as const, code: 'BAD_RESPONSE' });
    const other = {
      ...interpreter,
      operations: { ...operations, checkPerson: { ...operations['checkPerson']!, reply } },
    };
    const { parts } = await examine(sound, { clock, interpreter: other, simulator: false, only: ['purity'] });
    expect(parts[0]!.findings).toMatchObject([
      { code: 'interpreter_differs', where: 'examples/checkPerson-known.json' },
    ]);
  });

  test('takes long to convert gets a warning, and no worse', async () => {
    let time = 0;
    const host = { micros: () => (time += 60) };
    const {
      parts,
      grade,
      speed: measured,
    } = await examine(sound, { clock, interpreter: null, simulator: false, only: ['speed'], host });
    expect(parts[0]!.findings).toMatchObject([{ code: 'slow_conversion', severity: 'warn' }]);
    expect(measured).toMatchObject({ median: 60 });
    expect(grade).toBe('B');
  });
});
