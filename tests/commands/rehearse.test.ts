/** `jembatan rehearse`, `test` and `impact`: a route played before it runs, its tests, and what it would have sent. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { openStore } from '../../src/open.ts';
import { makeVault, openKeyFile } from '../../src/privacy/keys.ts';
import { copyOfConfig, MALL, replaceIn } from '../config/broken.ts';
import { play } from '../rehearse/support.ts';
import { jembatan, temporaryFolder } from './stand.ts';

const EXAMPLE = new URL('../../examples/07-skck-loket.json', import.meta.url).pathname;
const env = (): Record<string, string> => ({ JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: MALL });

describe('rehearse', () => {
  test('a service: timeline, end, books; nothing is left behind', async () => {
    const { code, out, err } = await jembatan(['rehearse', 'POLRES.SKCK', '--application', EXAMPLE], env());
    const text = out.join('\n');
    expect(code).toBe(0);
    expect(err).toEqual([expect.stringMatching(/^played in \d+ ms$/)]);
    expect(out[0]).toContain('nothing leaves this machine');
    expect(text).toContain('application completed');
    expect(text).toContain('bank-kalbar: payment × 1 for bill');
    expect(out.at(-1)).toBe('doubled 0, lost 0');
    expect(text).not.toMatch(/Contoh Pelamar|9901011405019999/);
  });

  test('an application is made up where there is none; faults and acts by words; JSON for programs', async () => {
    const words = [
      ...['rehearse', 'POLRES.SKCK', '--fail', 'bill=loseReply,person=status:503*2', '--json'],
      ...['--act', 'withdraw when bill is waitingPayment after 1m', '--start', '2026-12-01T08:00:00+07:00'],
    ];
    const { code, out } = await jembatan(words, env());
    const { startedAt, applications, timeline } = JSON.parse(out.join('\n')) as {
      startedAt: string;
      applications: { state: string; steps: { name: string; state: string }[] }[];
      timeline: { text: string }[];
    };
    expect([code, startedAt]).toEqual([0, '2026-12-01T01:00:00.000Z']);
    expect(applications[0]).toMatchObject({ state: 'withdrawn' });
    expect(timeline.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['! bill: loseReply', '* the citizen withdraws', 'bill: compensated']),
    );
  });

  test('a route’s file is played in the place of the one that is configured', async () => {
    const folder = copyOfConfig();
    replaceIn(folder, 'routes/polres.skck.yaml', 'pivot: true', 'need: bestEffort\n    onTimeout: reject');
    const file = join(folder, 'routes/polres.skck.yaml');
    const words = ['rehearse', file, '--act', 'police.hold', '--for', '8d'];
    const { out } = await jembatan(words, env());
    expect(out.join('\n')).toContain('partiallyCompleted');
  });

  test('every fault of every step, as a table', async () => {
    const { code, out } = await jembatan(['rehearse', 'POLRES.SKCK', '--all-failures'], env());
    expect(code).toBe(0);
    expect(out[1]).toMatch(/^step +fault +ends as +after +doubled +lost +waits for a person$/);
    expect(out.find((line) => /^certificate +down 1h /.test(line))).toMatch(/completed +1h 1\dm +0 +0$/);
    expect(out.at(-1)).toMatch(/^\d\d rehearsals: nothing lost, nothing doubled, nobody left waiting$/);
  });

  test('an application that is not taken in: exit code 1, every problem with its pointer', async () => {
    const path = join(temporaryFolder(), 'a.json');
    writeFileSync(path, JSON.stringify({ serviceCode: 'POLRES.SKCK' }));
    const { code, out } = await jembatan(['rehearse', 'POLRES.SKCK', '--application', path], env());
    expect(code).toBe(1);
    expect(out[1]).toBe('the application was not taken in (HTTP 422):');
    expect(out.join('\n')).toContain('/applicant missing_field');
  });

  test.each<[string[], string]>([
    [['--fail', 'bill'], 'bill is no fault'],
    [['--fail', 'bil=hang'], 'has no step bil. Write "bill"'],
    [['--act', 'fly'], '"fly" is no act'],
    [['--for', '3 days'], 'Write 30s, 10m, 2h or 14d'],
    [['--start', 'soon'], 'Write a time such as'],
    [['--application', 'nowhere.json'], 'there is no such file'],
  ])('%j: says what is wrong', async (words, said) => {
    const { code, err } = await jembatan(['rehearse', 'POLRES.SKCK', ...words], env());
    expect(err.join('\n')).toContain(said);
    expect(code).toBeGreaterThan(0);
  });
});

const TESTS = `service: POLRES.SKCK
tests:
  - name: all goes well
    application: ${EXAMPLE}
    expect: { state: completed }
  - name: nobody pays
    application: ${EXAMPLE}
    habits: { pay: never }
    expect: { state: completed, within: 2h }
`;

function testsIn(text: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'more', 'polres.skck.test.yaml'), text);
  return folder;
}

describe('test', () => {
  test('a line a test, the differences of those that fail, exit code 1', async () => {
    const { code, out, err } = await jembatan(['test', testsIn(TESTS)], env());
    expect(out).toEqual([
      '✓ POLRES.SKCK: all goes well (completed, after 10m)',
      '✗ POLRES.SKCK: nobody pays (expired, after 1d)',
      '    /state: expected completed, found expired',
      '    /within: expected 2h, found 1d',
    ]);
    expect([code, err]).toEqual([1, ['2 tests: 1 failed']]);
  });

  test('only some, with the timeline of what fails', async () => {
    const folder = testsIn(TESTS);
    const well = await jembatan(['test', folder, '--only', 'goes well'], env());
    expect([well.code, well.out.at(-1)]).toEqual([0, '1 test: all well']);
    const { out } = await jembatan(['test', folder, '--only', 'nobody', '--timeline'], env());
    expect(out.join('\n')).toMatch(/Tue 17 Nov 09:00:00 {2}\+1d/);
  });

  test('JSON for programs', async () => {
    const { code, out } = await jembatan(['test', testsIn(TESTS), '--json'], env());
    const { ok, tests } = JSON.parse(out.join('\n')) as { ok: boolean; tests: object[] };
    expect([code, ok, tests.length]).toEqual([1, false, 2]);
    expect(tests[1]).toMatchObject({ name: 'nobody pays', ok: false, state: 'expired' });
  });

  test('a file with mistakes: nothing is tested, every mistake is told', async () => {
    const text = TESTS.replace('state: completed }', 'state: done }').replace('pay: never', 'pay: sometimes');
    const { code, out, err } = await jembatan(['test', testsIn(text)], env());
    expect(out).toHaveLength(2);
    expect(out[0]).toMatch(/polres\.skck\.test\.yaml:5 \/tests\/0\/expect\/state invalid_value: /);
    expect([code, err]).toEqual([1, ['2 mistakes: nothing was tested']]);
  });

  test('the tests beside the routes are the configuration’s, and no route of it', async () => {
    const folder = copyOfConfig();
    cpSync(
      join(testsIn(TESTS), 'more', 'polres.skck.test.yaml'),
      join(folder, 'routes', 'polres.skck.test.yaml'),
    );
    expect((await jembatan(['check', '--config', folder], env())).code).toBe(0);
    const { out } = await jembatan(['test', '--config', folder, '--only', 'all goes'], env());
    expect(out.at(-1)).toBe('1 test: all well');
  });

  test('no test at all is a wrong call, and so is a name that none has', async () => {
    expect(await jembatan(['test', temporaryFolder()], env())).toMatchObject({ code: 2 });
    const { code, err } = await jembatan(['test', testsIn(TESTS), '--only', 'fly'], env());
    expect([code, err]).toEqual([2, ['No test has fly in its name']]);
  });
});

describe('impact', () => {
  const candidate = join(MALL, 'routes/polres.skck.yaml');

  test('a ledger without applications: nothing to compare', async () => {
    const settings = env();
    const { ledger } = await openStore(readEnv(settings), 'owner');
    await ledger.close();
    const { code, out } = await jembatan(['impact', '--route', candidate], settings);
    expect([code, out.at(-1)]).toEqual([0, '0 applications, 0 requests compared, 0 the same']);
    const police = new URL('../../adapters/police', import.meta.url).pathname;
    expect((await jembatan(['impact', '--adapter', police], settings)).out[0]).toMatch(
      /^police: 1\.\d+\.\d+ → 1\./,
    );
  });

  test('recorded applications: what a candidate would have sent, counted by field, and nobody is named', async () => {
    const settings = env();
    const real = readEnv(settings);
    const { ledger } = await openStore(real, 'owner');
    await ledger.close();
    const keys = openKeyFile(join(real.dataDir, 'keys.json'), systemClock.random);
    const { ended, seen } = await play(
      {},
      {
        start: systemClock.now() - 86_400_000,
        store: (clock) => ({
          ledger: sqliteLedger(join(real.dataDir, 'ledger.db'), clock),
          vault: makeVault(keys, clock),
        }),
      },
    );
    expect(ended).toBe('final');
    const folder = copyOfConfig();
    replaceIn(folder, 'routes/polres.skck.yaml', "service.fees[code='SKCK'].amount", '35000');
    const route = join(folder, 'routes/polres.skck.yaml');
    const { code, out } = await jembatan(['impact', '--route', route], settings);
    expect(out.slice(1)).toEqual([
      '  ~ bill body.json.totalAmount.value: 1 time',
      '      "30000.00" → "35000.00"',
      '1 application, 3 requests compared, 2 the same',
    ]);
    expect(code).toBe(0);
    const later = await jembatan(['impact', '--route', route, '--since', '1h'], settings);
    expect(later.out.at(-1)).toMatch(/^0 applications/);
    const pinned = await jembatan(['diff', seen[0]!.number, route], settings);
    expect(pinned.out.join('\n')).toContain("amount: service.fees[code='SKCK'].amount → 35000");
  });

  test.each<[string[], string]>([
    [[], 'Say of what'],
    [['--route', 'a', '--adapter', 'b'], 'Say of what'],
    [['--route', candidate], 'There is no ledger'],
    [['--route', candidate, '--since', 'ever'], 'Write 30s, 10m, 2h or 14d'],
    [['--route', candidate, '--most', '0'], 'whole number'],
  ])('%j is a wrong call', async (words, said) => {
    const { code, err } = await jembatan(['impact', ...words], env());
    expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
  });
});
