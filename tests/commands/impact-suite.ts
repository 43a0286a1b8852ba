/** What `impact` promises, whichever body keeps the ledger: it only looks, one application at a time, and names nobody. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { addPublisherKey } from '../../src/config/publishers.ts';
import { readFolder } from '../../src/connectors/folder.ts';
import { newPublisherKey, readPrivateKey } from '../../src/connectors/package/keys.ts';
import { pack } from '../../src/connectors/package/pack.ts';
import { chain, EMPTY } from '../../src/domain/chain.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { openView, places, sealStep } from '../../src/flow/view.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { openStore } from '../../src/open.ts';
import { makeVault, openKeyFile } from '../../src/privacy/keys.ts';
import { copyOfConfig, MALL, replaceIn } from '../config/broken.ts';
import { play } from '../rehearse/support.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

export interface Body {
  /** Takes over what the SQLite file at DATA/ledger.db holds; gives what JEMBATAN_LEDGER is set to by who may only read. */
  take(env: Record<string, string>): Promise<string>;
  /** Runs SQL on the ledger with every right. */
  sql(env: Record<string, string>, text: string): Promise<void>;
  /** The same for a ledger at an older and a newer schema than this program's. */
  older: string;
  newer: string;
  refusesOlder: RegExp;
  refusesNewer: RegExp;
  /** All that it holds, to tell whether anything was changed. */
  content(env: Record<string, string>): Promise<string>;
}

const HOUR = 3_600_000;
/** What stands in the example that is played, as text. */
const PERSONAL = /Contoh|Pelamar|Jalan|990101140501|2001-05-14|0812/;

/** The shipped police adapter's folder, changed. */
function police(change: (code: string) => string): string {
  const folder = join(temporaryFolder(), 'police');
  cpSync(new URL('../../adapters/police', import.meta.url).pathname, folder, { recursive: true });
  const file = join(folder, 'record-certificate.ts');
  const code = readFileSync(file, 'utf8');
  const changed = change(code);
  if (changed !== code) writeFileSync(file, changed);
  return folder;
}

/** One application played to its end, and copies of it under keys of their own. */
async function recorded(body: Body, copies: number): Promise<Record<string, string>> {
  const env: Record<string, string> = { JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: MALL };
  const { dataDir } = readEnv(env);
  await (await openStore(readEnv(env), 'owner')).ledger.close();
  const keys = openKeyFile(join(dataDir, 'keys.json'), systemClock.random);
  const path = join(dataDir, 'ledger.db');
  const start = systemClock.now() - 24 * HOUR;
  const store = (
    clock: Clock,
  ): { ledger: ReturnType<typeof sqliteLedger>; vault: ReturnType<typeof makeVault> } => ({
    ledger: sqliteLedger(path, clock),
    vault: makeVault(keys, clock),
  });
  await play({}, { start, store });
  const { ledger, vault } = store(systemClock);
  const [first] = await ledger.list({ most: 1 });
  const view = (await openView({ ledger, vault } as unknown as Flow, first!.id))!;
  const copied = Array.from({ length: copies }, async (_, n) => {
    const id = systemClock.id();
    const { key, wrapped } = await vault.newKey(id);
    const steps = [...view.steps.values()].map((step) =>
      sealStep(vault, key, { ...step, applicationId: id, key: `${step.position}${n + 1}`.padStart(20, '0') }),
    );
    const sealed = vault.seal(key, places.body(id), JSON.stringify(view.body));
    const number = `6112-01-26-${String(100_000 + n)}-0`;
    const application = { ...view.row, id, number, body: sealed, wrappedKey: wrapped };
    const events = chain(id, EMPTY, new Date(start).toISOString(), [
      { type: 'go.mpp.application.accepted.v1', data: {} },
    ]);
    const locks = { clientReference: `copy ${n}`, fingerprint: `copy ${n}`, index: [], documents: [] };
    return ledger.accept({ application, steps, events, ...locks });
  });
  await Promise.all(copied);
  await ledger.close();
  return { ...env, JEMBATAN_LEDGER: await body.take(env) };
}

async function impact(
  env: Record<string, string>,
  words: string[],
  clock: Clock = systemClock,
): Promise<Ran & { text: string }> {
  const ran = await jembatan(['impact', '--since', '9d', ...words], env, clock);
  return { ...ran, text: [...ran.out, ...ran.err].join('\n') };
}

export function impactSuite(name: string, body: Body): void {
  describe(`impact on ${name}`, () => {
    test('a changed route is counted by field; nothing is written, and nobody is named', async () => {
      const env = await recorded(body, 2);
      const folder = copyOfConfig();
      replaceIn(folder, 'routes/polres.skck.yaml', "service.fees[code='SKCK'].amount", '35000');
      const before = await body.content(env);
      const { code, out, text } = await impact(env, ['--route', join(folder, 'routes/polres.skck.yaml')]);
      expect(code).toBe(0);
      expect(out.at(-1)).toBe('3 applications, 9 requests compared, 6 the same');
      expect(out.filter((line) => line.startsWith('  ~'))).toEqual([
        '  ~ bill body.json.totalAmount.value: 3 times',
      ]);
      expect(out).toContain('      "30000.00" → "35000.00"');
      expect(text).not.toMatch(PERSONAL);
      expect(await body.content(env)).toBe(before);
    });

    test('an adapter whose mapping is the same changes nothing; one whose mapping differs is shown', async () => {
      const env = await recorded(body, 1);
      const same = await impact(env, ['--adapter', police((code) => code)]);
      expect([same.code, same.out.at(-1)]).toEqual([
        0,
        '2 applications, 2 requests compared, 2 the same: nothing changes',
      ]);
      const other = await impact(env, [
        '--adapter',
        police((code) =>
          code.replace(
            '...person } = input;',
            'fullName: name, ...rest } = input; const person = { ...rest, name };',
          ),
        ),
      ]);
      expect([other.code, other.out.slice(1)]).toEqual([
        0,
        [
          '  - certificate body.multipart[].json.fullName: 2 times',
          '      "C***** P******" → nothing',
          '  + certificate body.multipart[].json.name: 2 times',
          '      nothing → "C***** P******"',
          '2 applications, 2 requests compared, 0 the same',
        ],
      ]);
      expect(other.text).not.toMatch(PERSONAL);
    });

    test('a candidate that throws is told by application, without a word of what it was given: exit code 1', async () => {
      const env = await recorded(body, 24);
      const throws = `class Broken extends RangeError { name = input.fullName; }
        throw new Broken(JSON.stringify(input));`;
      const path = police((code) => code.replace('const { photoDocumentId', `${throws}\n$&`));
      const { code, out, text } = await impact(env, ['--adapter', path]);
      expect([code, out.at(-1)]).toEqual([
        1,
        '25 applications, 25 requests compared, 0 the same, 25 that cannot be built',
      ]);
      const told = out.filter((line) => line.startsWith('  ! '));
      expect(told).toHaveLength(21);
      expect(told[0]).toMatch(
        /^ {2}! 6112-01-26-1000\d\d-0 certificate: police \d+\.\d+\.\d+ throws Broken$/,
      );
      expect(told.at(-1)).toBe('  ! … and 5 more');
      expect(text).not.toMatch(PERSONAL);
      const { code: again, out: json } = await impact(env, ['--adapter', path, '--json']);
      const found = JSON.parse(json.join('\n')) as { failed: number; failures: object[] };
      expect([again, found.failed, found.failures.length]).toEqual([1, 25, 20]);
    });

    test('a package: only of a publisher who is trusted, and in the interpreter, which keeps its words in', async () => {
      const env = await recorded(body, 0);
      const { privateKey, publicKey } = newPublisherKey();
      const parts = {
        name: 'police',
        version: '1.0.0',
        grade: 'A',
        bus: '0.2.0',
        key: readPrivateKey(privateKey),
      };
      const packed = async (change: (code: string) => string): Promise<string> => {
        const file = join(temporaryFolder(), 'police.jembatan');
        writeFileSync(file, pack(await readFolder(police(change)), parts).bytes);
        return file;
      };
      const well = await packed((code) => code);
      expect((await impact(env, ['--adapter', well])).text).toContain('which is not trusted');
      const config = copyOfConfig();
      await addPublisherKey(config, 'polri', publicKey);
      const trusting = { ...env, JEMBATAN_CONFIG: config };
      const same = await impact(trusting, ['--adapter', well]);
      expect([same.code, same.out.at(-1)]).toEqual([
        0,
        '1 application, 1 request compared, 1 the same: nothing changes',
      ]);
      const throwing = await packed((code) =>
        code.replace('const { photoDocumentId', 'throw new Error(input.fullName);\n$&'),
      );
      const { code, text } = await impact(trusting, ['--adapter', throwing]);
      expect(code).toBe(1);
      expect(text).toMatch(/certificate: police 1\.0\.0 .*threw an error/);
      expect(text).not.toMatch(PERSONAL);
    });

    test('page by page, newest first, with progress; what is erased is counted apart', async () => {
      const env = await recorded(body, 449);
      await body.sql(
        env,
        `DELETE FROM keys WHERE owner IN (SELECT id FROM applications ORDER BY id LIMIT 30)`,
      );
      let now = systemClock.now();
      const slow = { ...systemClock, now: () => (now += 100) };
      const { code, out, err } = await impact(env, ['--route', join(MALL, 'routes/polres.skck.yaml')], slow);
      expect([code, out.at(-1)]).toEqual([
        0,
        '420 applications, 30 more that are erased, 1260 requests compared, 1260 the same: nothing changes',
      ]);
      expect(err.length).toBeGreaterThan(5);
      expect(new Set(err.map((line) => line.replace(/\d+/, 'N')))).toEqual(
        new Set(['applications compared: N']),
      );
      const some = await impact(env, ['--route', join(MALL, 'routes/polres.skck.yaml'), '--most', '201']);
      expect(some.out.at(-1)).toMatch(/^201 applications, 603 requests/);
      expect(some.err).toEqual(['Only the newest 201 were looked at: --most takes more']);
    });

    test('a reader cannot write, even if it would; diff reads what an application is pinned to in the same way', async () => {
      const env = await recorded(body, 0);
      const { ledger } = await openStore(readEnv(env), 'reader');
      await expect(ledger.savePlan('x', '{}')).rejects.toThrow();
      expect(await ledger.plan('x')).toBeUndefined();
      const [first] = await ledger.list({ most: 1 });
      await ledger.close();
      const { code, out } = await jembatan(['diff', first!.number, 'POLRES.SKCK'], env);
      expect([code, out.at(-1)]).toEqual([0, 'no difference']);
    });

    test('another schema, another key file: refused in one line, and left as it is', async () => {
      const env = await recorded(body, 0);
      const refused = async (said: RegExp): Promise<void> => {
        const before = await body.content(env);
        const { code, out, err } = await impact(env, ['--route', join(MALL, 'routes/polres.skck.yaml')]);
        expect([code, out, err]).toEqual([1, [], [expect.stringMatching(said)]]);
        expect(await body.content(env)).toBe(before);
      };
      const other = join(temporaryFolder(), 'keys.json');
      openKeyFile(other, systemClock.random);
      cpSync(join(env['JEMBATAN_DATA']!, 'keys.json'), `${other}.own`);
      cpSync(other, join(env['JEMBATAN_DATA']!, 'keys.json'));
      await refused(/keys\.json is not the key file that this ledger is sealed under/);
      rmSync(join(env['JEMBATAN_DATA']!, 'keys.json'));
      await refused(/keys\.json.* is (gone|missing)|is missing/);
      cpSync(`${other}.own`, join(env['JEMBATAN_DATA']!, 'keys.json'));
      await body.sql(env, body.older);
      await refused(body.refusesOlder);
      await body.sql(env, body.newer);
      await refused(body.refusesNewer);
    });
  });
}
