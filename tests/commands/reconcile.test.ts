/** A bank's list of a day beside our own steps: the comparison by itself, and the command against a bus and a bank. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import banking from '../../adapters/banking/adapter.ts';
import { makeSimulator } from '../../adapters/banking/simulator.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { systemClock } from '../../src/clock.ts';
import { makeWorld, type World } from '../../src/commands/demo/world.ts';
import { bankList } from '../../src/commands/reconcile-bank.ts';
import { readEnv } from '../../src/config/env.ts';
import { reconcile, type BankPayment, type OwnPayment } from '../../src/desk/reconcile.ts';
import { openCatalogue } from '../../src/main.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan } from './stand.ts';

describe('the comparison', () => {
  const own = (n: number, more: Partial<OwnPayment> = {}): OwnPayment => ({
    application: `A-${n}`,
    step: 'bill',
    state: 'succeeded',
    keys: [`key-${n}`],
    reference: `88899${n}`,
    paid: { amount: 1000 * n, paidAt: '2026-01-15T09:30:00+07:00', bankReference: `REF-${n}` },
    ...more,
  });
  const open = (n: number, more: Partial<OwnPayment> = {}): OwnPayment =>
    own(n, { state: 'waitingPayment', paid: null, ...more });
  const bank = (n: number, more: Partial<BankPayment> = {}): BankPayment => ({
    amount: 1000 * n,
    partnerReferenceNo: `key-${n}`,
    bankReference: `REF-${n}`,
    ...more,
  });
  const all = (): boolean => true;

  test('of equals finds nothing', () => {
    expect(reconcile([bank(1), bank(2)], [own(2), own(1), open(3)], all)).toEqual({
      agreed: 2,
      atBankOnly: [],
      hereOnly: [],
      amountDiffers: [],
    });
  });

  test('finds a payment by our key of any round, by the bank’s number, by the account', () => {
    const { agreed } = reconcile(
      [
        { amount: 1000, partnerReferenceNo: 'older' },
        { amount: 2000, bankReference: 'REF-2' },
        { amount: 3000, virtualAccountNo: ' 888993' },
      ],
      [own(1, { keys: ['older', 'key-1'] }), own(2), own(3)],
      all,
    );
    expect(agreed).toBe(3);
  });

  test('what is paid at the bank and not here: for an open step, for none, and a second time', () => {
    const second = bank(1, { bankReference: 'REF-9' });
    const unknown = { amount: 5000, bankReference: 'X' };
    const found = reconcile([bank(1), second, bank(2), unknown], [own(1), open(2)], all);
    expect(found).toMatchObject({ agreed: 1, hereOnly: [], amountDiffers: [] });
    expect(found.atBankOnly).toEqual([
      { payment: second, own: own(1) },
      { payment: bank(2), own: open(2) },
      { payment: unknown, own: null },
    ]);
  });

  test('the same row twice is a second payment', () => {
    expect(reconcile([bank(1), bank(1)], [own(1)], all).atBankOnly).toHaveLength(1);
  });

  test('what is paid here and not at the bank, of that day only', () => {
    const yesterday = own(2, {
      paid: { amount: 1, paidAt: '2026-01-14T09:30:00+07:00', bankReference: 'REF-2' },
    });
    const { hereOnly } = reconcile([], [own(1), yesterday, open(3)], (at) => at.startsWith('2026-01-15'));
    expect(hereOnly).toEqual([own(1)]);
  });

  test('another amount', () => {
    const payment = bank(1, { amount: 999 });
    const found = reconcile([payment], [own(1)], all);
    expect(found).toMatchObject({ agreed: 0, atBankOnly: [], hereOnly: [] });
    expect(found.amountDiffers).toEqual([{ payment, own: own(1) }]);
  });
});

describe('the command', () => {
  const COUNTER = fileURLToPath(new URL('../../examples/07-skck-loket.json', import.meta.url));
  let world: World;
  let env: Record<string, string>;
  const config = mkdtempSync(join(tmpdir(), 'jembatan-reconcile-'));
  const today = (): string =>
    tools.zoned(new Date(systemClock.now()).toISOString(), 'Asia/Pontianak', 'yyyy-MM-dd');

  beforeAll(async () => {
    world = await makeWorld(SHIPPED, 'error');
    cpSync(SHIPPED, config, { recursive: true });
    const file = join(config, 'agencies.yaml');
    const { url } = world.standIns['bank']!;
    writeFileSync(file, readFileSync(file, 'utf8').replace('http://127.0.0.1:9802', url));
    env = { JEMBATAN_DATA: world.env.dataDir, JEMBATAN_CONFIG: config };
    const scopes = ['applications:submit', 'applications:read', 'operate'];
    const { out } = await jembatan(
      ['key', 'create', '--platform', 'mpp-kuburaya', '--scope', ...scopes],
      env,
    );
    env = { ...env, JEMBATAN_KEY: out[0]!, JEMBATAN_URL: `http://127.0.0.1:${world.running.port}` };
  });
  afterAll(async () => {
    rmSync(config, { recursive: true });
    await world.close();
  });

  const run = (...words: string[]) =>
    jembatan(['reconcile', 'bank-kalbar', '--date', today(), ...words], env);

  test('a bank that is closed gives no list', async () => {
    const { code, err } = await run();
    expect([code, err]).toEqual([1, ['bank-kalbar gave no list: connection_refused']]);
  });

  test('a paid bill agrees; money that we know nothing of is printed', async () => {
    for (const one of world.all) await one.open();
    const { simulator } = world.standIns['bank']!;
    await simulator.act('autoPay', { enabled: true, delayMs: 0 });
    const sent = await jembatan(['send', COUNTER, '--wait'], env);
    expect(sent.code).toBe(0);

    const well = await run();
    // On a machine that is busy it is told to come again, and does.
    const wrong = well.err.filter((line) => !line.includes('says not now'));
    expect([well.code, wrong]).toEqual([0, []]);
    expect(well.out).toEqual([
      `bank-kalbar ${today()} (transactionHistory): 1 payment at the bank, 1 agree; 0 other rows`,
    ]);

    await simulator.act('takeOther', { amount: 25_000, partnerReferenceNo: 'SHOP-1' });
    const differs = await run();
    expect([differs.code, differs.err]).toEqual([1, ['1 payment to look at']]);
    expect(differs.out.join('\n')).toMatch(/paid at the bank, not here +25000 .*SHOP-1/);

    const json = await run('--json', '--source', 'transactionHistory');
    expect([json.code, json.err]).toEqual([1, []]);
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      agency: 'bank-kalbar',
      agreed: 1,
      atBank: 2,
      complete: true,
      atBankOnly: [{ payment: { amount: 25_000, partnerReferenceNo: 'SHOP-1' }, own: null }],
      hereOnly: [],
      amountDiffers: [],
    });

    const report = await run('--source', 'virtualAccountReport');
    expect([report.code, report.out[0]]).toEqual([
      0,
      `bank-kalbar ${today()} (virtualAccountReport): 1 payment at the bank, 1 agree; 0 other rows`,
    ]);
  });

  test('a day of more than ten pages is asked for in pieces, each payment once', async () => {
    const { catalogue, secrets } = await openCatalogue(readEnv(env), {});
    const shipped = catalogue.agencies.find(({ id }) => id === 'bank-kalbar')!;
    let now = Date.parse('2026-01-15T03:00:00Z');
    const bank = makeSimulator({
      settings: shipped.settings,
      now: () => now,
      after: () => () => undefined,
      send: () => Promise.resolve(Response.json({})),
    });
    const server = serve({
      fetch: (request) => bank.fetch(request),
      port: 0,
      hostname: '127.0.0.1',
    }) as Server;
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    for (let minute = 0; minute < 4; minute += 1) {
      await bank.act('takeOther', { times: 300, partnerReferenceNo: `at-${minute}` });
      now += 60_000;
    }
    const agency = { ...shipped, settings: { ...shipped.settings, baseUrl: `http://127.0.0.1:${port}` } };
    const parts = { agency, adapter: banking, secrets, clock: { ...systemClock, now: () => now } };
    const whole = await bankList(parts, { date: '2026-01-15' });
    expect([whole.payments.length, whole.complete]).toEqual([1200, true]);
    expect(new Set(whole.payments.map((one) => one.bankReference)).size).toBe(1200);
    // More than the bank lists of one minute cannot be had.
    await bank.act('takeOther', { times: 501 });
    now += 1_000;
    const cut = await bankList(parts, { date: '2026-01-15' });
    expect([cut.payments.length, cut.complete]).toEqual([1700, false]);
    server.close();
  });

  test('a day in which nothing was paid', async () => {
    const { code, out } = await jembatan(['reconcile', 'bank-kalbar', '--date', '2020-02-29'], env);
    expect([code, out]).toEqual([
      0,
      ['bank-kalbar 2020-02-29 (transactionHistory): 0 payments at the bank, 0 agree; 0 other rows'],
    ]);
  });

  test.each([
    [['reconcile', 'bank-kalbar', '--date', '2026-02-30'], 2, '/date'],
    [['reconcile', 'bank-kalbar', '--date', 'yesterday'], 2, '--date is a day such as'],
    [['reconcile', 'bank-kalbar', '--date', '2026-01-15', '--days', 'x'], 2, '--days is a whole number'],
    [['reconcile', 'bank-nowhere', '--date', '2026-01-15'], 2, 'there are dukcapil-6112, bank-kalbar'],
    [['reconcile', 'polres-6112', '--date', '2026-01-15'], 1, 'police cannot list a day'],
    [['reconcile', 'bank-kalbar'], 2, "required option '--date"],
  ])('%j', async (words, code, said) => {
    const ran = await jembatan(words, env);
    expect([ran.code, ran.out]).toEqual([code, []]);
    expect(ran.err.join('\n')).toContain(said);
  });
});
