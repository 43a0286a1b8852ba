/** `jembatan plan` and `diff`: a route seen before it runs, and held against another. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOfConfig, MALL, replaceIn } from '../config/broken.ts';
import { jembatan, temporaryFolder } from './stand.ts';

const EXAMPLE = new URL('../../examples/07-skck-loket.json', import.meta.url).pathname;
const env = (): Record<string, string> => ({ JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: MALL });

/** A route of the mall, changed, in a folder of its own. */
function candidate(from: string, to: string, file = 'routes/polres.skck.yaml'): string {
  const text = readFileSync(join(MALL, file), 'utf8');
  expect(text).toContain(from);
  const path = join(temporaryFolder(), 'candidate.yaml');
  writeFileSync(path, text.replace(from, to).replace('version: 1.0.0', 'version: 1.1.0'));
  return path;
}

describe('plan', () => {
  test('a service, by its code', async () => {
    const { code, out, err } = await jembatan(['plan', 'POLRES.SKCK'], env());
    expect([code, err]).toEqual([0, []]);
    expect(out[0]).toMatch(/^POLRES\.SKCK 1\.0\.0 {2}Surat Keterangan/);
    expect(out.join('\n')).toContain('[PIVOT]');
  });

  test('a route’s file that is not in place yet, as drawings and as JSON', async () => {
    const file = candidate('pivot: true', 'pivot: false');
    const [mermaid, svg, json] = await Promise.all(
      ['mermaid', 'svg', 'json'].map((format) => jembatan(['plan', file, '--format', format], env())),
    );
    expect(mermaid!.out.slice(0, 4)).toEqual(['---', 'title: POLRES.SKCK 1.1.0', '---', 'flowchart TD']);
    expect(svg!.out[0]).toMatch(/^<svg xmlns/);
    const plan = JSON.parse(json!.out.join('\n')) as { steps: { pivot: boolean }[] };
    expect(plan.steps.some(({ pivot }) => pivot)).toBe(false);
  });

  test('filled with an application, masked', async () => {
    const { code, out } = await jembatan(['plan', 'POLRES.SKCK', '--application', EXAMPLE], env());
    const text = out.join('\n');
    expect(code).toBe(0);
    expect(text).toContain('runs; by bank-kalbar for 99.01');
    expect(text).toContain('sends nik = "************9999"');
    expect(text).not.toContain('Contoh Pelamar');
  });

  test('a broken route: every mistake, under the name that was given', async () => {
    const file = candidate('call: bank.collectPayment', 'call: bnak.collectPayment');
    const { code, err } = await jembatan(['plan', file], env());
    expect(code).toBe(1);
    expect(err[0]).toMatch(new RegExp(`^${file}:\\d+ /steps/bill/call unknown_role: .*Write "bank"`));
  });

  test.each<[string[], string]>([
    [['plan', 'POLRES.SKC'], 'No service POLRES.SKC. Write "POLRES.SKCK"'],
    [['plan', 'POLRES.SKCK', '--format', 'gif'], 'Allowed choices are text, mermaid, svg, json'],
    [
      ['plan', 'POLRES.SKCK', '--format', 'svg', '--application', EXAMPLE],
      'belongs to --format text or json',
    ],
    [['plan', join(MALL, 'agencies.yaml')], 'holds no route'],
    [['plan', 'POLRES.SKCK', '--application', '{"a":1,"a":2}'], 'same key twice'],
  ])('%j is a wrong call', async (words, said) => {
    const { code, err } = await jembatan(words, env());
    expect(err.join('\n')).toContain(said);
    expect(code).toBe(2);
  });

  test('a file that is nothing of ours, and one that is not there', async () => {
    const path = join(temporaryFolder(), 'x.yaml');
    writeFileSync(path, 'a: 1\n');
    expect((await jembatan(['plan', path], env())).err[0]).toContain('neither a route, nor a service');
    expect((await jembatan(['plan', 'nowhere.yaml'], env())).err[0]).toContain('The file is missing');
  });
});

describe('diff', () => {
  test('a file against what is configured: what changes, what stays pinned', async () => {
    const file = candidate('waits: 1d', 'waits: 2d');
    const { code, out } = await jembatan(['diff', 'POLRES.SKCK', file], env());
    expect(code).toBe(0);
    expect(out).toEqual([
      `POLRES.SKCK: POLRES.SKCK → ${file}`,
      '  ~ version: 1.0.0 → 1.1.0',
      '  ~ steps.bill.waits: 1d → 2d',
      'applications that were accepted under 1.0.0 keep it to their end, its form, fees and steps; those accepted later go by 1.1.0',
      '2 differences',
    ]);
  });

  test('the same, a service, and as JSON', async () => {
    expect((await jembatan(['diff', 'POLRES.SKCK', 'POLRES.SKCK'], env())).out.at(-1)).toBe('no difference');
    const file = candidate('amount: 30000', 'amount: 35000', 'services/polres.skck.yaml');
    const { out } = await jembatan(['diff', 'POLRES.SKCK', file, '--json'], env());
    const { changes } = JSON.parse(out.join('\n')) as { changes: { at: string; after: unknown }[] };
    expect(changes).toContainEqual(
      expect.objectContaining({ at: 'service.fees.SKCK.amount', after: 35_000 }),
    );
  });

  test('agencies: a limit reaches open applications at once', async () => {
    const folder = copyOfConfig();
    replaceIn(folder, 'agencies.yaml', 'concurrency: 4', 'concurrency: 2');
    const words = ['diff', join(MALL, 'agencies.yaml'), join(folder, 'agencies.yaml')];
    const { out } = await jembatan(words, env());
    expect(out[1]).toBe('  ~ agencies.polres-6112.limits.concurrency: 4 → 2');
    expect(out[2]).toContain('settings and limits reach them at once');
  });

  test.each<[string[], string]>([
    [['diff', 'POLRES.SKCK', 'POLRES.SKCK-KK'], 'is about POLRES.SKCK'],
    [['diff', 'POLRES.SKCK', join(MALL, 'agencies.yaml')], 'files of the same kind'],
    [['diff', 'POLRES.SKCK', '6112-01-26-000001-0'], 'There is no ledger'],
  ])('%j is a wrong call', async (words, said) => {
    const { code, err } = await jembatan(words, env());
    expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
  });
});
