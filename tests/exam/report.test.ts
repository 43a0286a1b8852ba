/** From findings to a grade, to a report, to an exit code. */
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asHtml } from '../../src/adapter-kit/exam/as-html.ts';
import { asText } from '../../src/adapter-kit/exam/as-text.ts';
import {
  gradeOf,
  isAtLeast,
  type ExamFinding,
  type ExamReport,
  type PartName,
  type Severity,
} from '../../src/adapter-kit/exam/report.ts';
import { systemClock } from '../../src/clock.ts';
import { run } from '../../src/commands/program.ts';

const finding = (part: PartName, severity: Severity, where = 'somewhere'): ExamFinding => ({
  ...{ part, severity, where, code: 'a_code', message: 'It is <wrong> & "bad"', fix: 'Mend it' },
});
const several = (count: number, part: PartName): ExamFinding[] =>
  Array.from({ length: count }, (_, n) => finding(part, 'fail', `place ${n}`));

test.each<[string, ExamFinding[], string]>([
  ['nothing', [], 'A'],
  ['warnings alone', [finding('schemas', 'warn'), finding('effects', 'warn')], 'B'],
  ['a few fails', several(3, 'coverage'), 'C'],
  ['more fails', several(4, 'coverage'), 'D'],
  ['a fail in effects', several(1, 'effects'), 'F'],
  ['a fail in privacy among others', [...several(1, 'guide'), ...several(1, 'privacy')], 'F'],
  ['a fail in purity', several(1, 'purity'), 'F'],
])('%s: a grade of its own', (_, findings, grade) => {
  expect(gradeOf(findings)).toBe(grade);
});

test('a better grade is at least a worse one', () => {
  expect([isAtLeast('A', 'B'), isAtLeast('B', 'B'), isAtLeast('C', 'B')]).toEqual([true, true, false]);
});

const report: ExamReport = {
  ...{
    name: 'library',
    version: '1.2.0',
    kind: 'code',
    grade: 'D',
    passed: false,
    minGrade: 'B',
    speed: null,
  },
  parts: [
    {
      name: 'coverage',
      title: { id: 'Cakupan pemetaan', en: 'Mapping coverage' },
      findings: several(5, 'coverage'),
      facts: ['issueCard: 1 sent'],
    },
  ],
  coverage: [
    {
      operation: 'issueCard',
      field: '/nik',
      how: 'sent',
      where: ['send /body/json/nik', 'inquiry /query/nik'],
    },
  ],
};

test('as text: what to mend, alike ones once', () => {
  const text = asText(report).join('\n');
  expect(text).toContain('coverage   Mapping coverage                           5 fails');
  expect(text.match(/Mend: Mend it/g)).toHaveLength(3);
  expect(text).toContain('and 2 more: place 3, place 4');
  expect(text).toMatch(/issueCard \/nik +sent +send \/body\/json\/nik and 1 more/);
  expect(text).toMatch(/grade D: failed, for B is asked for; 5 to mend, of these parts alone$/);
});

test('as a page: no script, nothing from outside, everything escaped', async () => {
  const page = await asHtml(report);
  expect(page).toContain('It is &lt;wrong&gt; &amp; &quot;bad&quot;');
  expect(page).not.toMatch(/<script|src=|href=|url\(|@import/);
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>$/);
});

describe('jembatan adapter test', () => {
  const sound = join(import.meta.dirname, 'sound');
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jembatan-exam-'));
    await cp(sound, join(folder, 'silent'), { recursive: true });
    await cp(sound, join(folder, 'walled'), { recursive: true });
    await appendFile(
      join(folder, 'walled/errors.ts'),
      "export const host = new URL('http://a.test').host;\n",
    );
    const kit = join(import.meta.dirname, '../../src/adapter-kit');
    for (const name of ['silent', 'walled'])
      await repoint(join(folder, name, 'simulator.ts'), `${kit}/simulator.ts`);
    await writeFile(join(folder, 'silent/guide.md'), '# Nothing\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The copy lies elsewhere: its stand-in finds the kit where it is. */
  async function repoint(file: string, to: string): Promise<void> {
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('../../../src/adapter-kit/simulator.ts', to));
  }

  async function ran(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err]: [string[], string[]] = [[], []];
    const shell = {
      env: {},
      clock: systemClock,
      out: (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
    };
    const code = await run(['adapter', 'test', ...words], shell);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  test('prints the report, its progress beside it', async () => {
    const { code, out, err } = await ran(sound, '--only', 'schemas,guide');
    expect(out).toMatch(
      /^permit-office 1\.0\.0 \(code\)[^]*grade A: passed; nothing to mend, of these parts alone$/,
    );
    expect(err).toBe('examining schemas …\nexamining guide …');
    expect(code).toBe(0);
  });

  test('ends in 1 below the grade that is asked for, and says what to mend', async () => {
    const silent = join(folder, 'silent');
    const { code, out } = await ran(silent, '--only', 'guide', '--min-grade', 'A');
    expect(out).toMatch(
      /warn guide_silent {2}guide\.md registerPermit[^]*grade B: failed, for A is asked for; 6 to mend/,
    );
    expect(code).toBe(1);
    expect((await ran(silent, '--only', 'guide')).code).toBe(0);
  });

  test('says what keeps it out of the interpreter', async () => {
    const { code, out } = await ran(join(folder, 'walled'), '--only', 'purity');
    expect(out).toMatch(/fail interpreter_refuses {2}\S[^]*grade F: failed/);
    expect(code).toBe(1);
  });

  test('writes JSON or a page to a file', async () => {
    const [json, page] = [join(folder, 'report.json'), join(folder, 'report.html')];
    const first = await ran(sound, '--only', 'guide', '--format', 'json', '--out', json);
    expect(first).toMatchObject({ code: 0, out: '' });
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
      name: 'permit-office',
      grade: 'A',
      passed: true,
    });
    await ran(sound, '--only', 'guide', '--format', 'html', '--out', page);
    expect(await readFile(page, 'utf8')).toContain('<title>permit-office 1.0.0: grade A</title>');
  });

  test.each([
    [['--only', 'manners'], /no part "manners"/],
    [['--format', 'pdf'], /pdf/],
    [['--min-grade', 'Z'], /Z/],
  ])('called wrongly with %s, it says so', async (words, said) => {
    const { code, err } = await ran(sound, ...words);
    expect(code).toBe(2);
    expect(err).toMatch(said);
  });

  test('of a folder that is none, says what to name', async () => {
    const { code, err } = await ran(folder);
    expect(code).toBe(1);
    expect(err).toMatch(/no connector/);
  });
});
