/** `key` and `audit verify` on a real SQLite ledger, beside the process that owns it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readEnv } from '../../src/config/env.ts';
import { chain, EMPTY } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { openStore } from '../../src/open.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

function place(): Record<string, string> {
  return { JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: SHIPPED };
}

const CREATE = ['key', 'create', '--platform', 'mpp-kuburaya', '--scope', 'operate', 'applications:read'];

async function owned(env: Record<string, string>): Promise<DeskLedger> {
  const { ledger } = await openStore(readEnv(env), 'owner');
  onTestFinished(() => ledger.close());
  return ledger;
}

const json = (ran: Ran): Record<string, never> => JSON.parse(ran.out.join('\n')) as Record<string, never>;

test('a key is made beside a running bus, listed without its text, and revoked once', async () => {
  const env = place();
  const ledger = await owned(env);
  const made = await jembatan([...CREATE, '--title', 'front desk', '--expires', '2199-01-31'], env);
  expect(made.code).toBe(0);
  expect(made.out).toEqual([expect.stringMatching(/^jmb_[0-9a-f]{12}_[\w-]{43}$/)]);
  const [key] = made.out as [string];
  const [, id, secret] = key.split(/_(.{12})_/) as [string, string, string];
  expect(await ledger.apiKey(id)).toMatchObject({
    platform: 'mpp-kuburaya',
    scopes: ['operate', 'applications:read'],
    expiresAt: '2199-01-31T23:59:59.999Z',
    revokedAt: null,
  });

  const listed = await jembatan(['key', 'list'], env);
  expect(listed.out[1]).toMatch(
    new RegExp(`^${id} +mpp-kuburaya +valid +operate applications:read .*front desk$`),
  );
  const asJson = await jembatan(['key', 'list', '--json'], env);
  expect(json(asJson)['keys']).toEqual([
    expect.objectContaining({ id, state: 'valid', title: 'front desk' }),
  ]);
  for (const { out } of [listed, asJson]) {
    expect(out.join()).not.toContain(secret);
    expect(out.join()).not.toContain((await ledger.apiKey(id))!.hash);
  }

  expect(await jembatan(['key', 'revoke', key], env)).toMatchObject({ code: 0, out: [`${id} is revoked`] });
  expect((await ledger.apiKey(id))!.revokedAt).not.toBeNull();
  const again = await jembatan(['key', 'revoke', id], env);
  expect([again.code, again.err[0]]).toEqual([1, expect.stringContaining('was revoked already')]);
  expect((await jembatan(['key', 'list'], env)).out[1]).toContain('revoked');

  const events = await ledger.events('bus', 0, 10);
  expect(events.map(({ type }) => type)).toEqual(['go.mpp.key.created.v1', 'go.mpp.key.revoked.v1']);
  expect(events.map(({ data }) => data).join()).not.toContain(secret);
});

test('a key can be made before the first start', async () => {
  const env = place();
  const made = await jembatan([...CREATE, '--json'], env);
  expect(json(made)).toMatchObject({
    platform: 'mpp-kuburaya',
    expiresAt: null,
    key: expect.stringMatching(/^jmb_/) as string,
  });
  expect(existsSync(join(env['JEMBATAN_DATA']!, 'keys.json'))).toBe(true);
  expect(statSync(join(env['JEMBATAN_DATA']!, 'ledger.db')).mode & 0o777).toBe(0o600);
});

test.each([
  [
    ['--platform', 'mpp-kuburya', '--scope', 'operate'],
    'no platform mpp-kuburya, did you mean mpp-kuburaya? Known: mpp-kuburaya, mpp-digital',
  ],
  [['--platform', 'x', '--scope', 'operate'], 'no platform x. Known: '],
  [
    ['--platform', 'mpp-kuburaya', '--scope', 'operat'],
    'no scope operat, did you mean operate? Known: applications:submit,',
  ],
  [['--platform', 'mpp-kuburaya', '--scope', 'operate', '--expires', '2199-02-30'], '--expires is a day'],
  [['--platform', 'mpp-kuburaya', '--scope', 'operate', '--expires', '2020-01-01'], 'has passed already'],
  [['--platform', 'mpp-kuburaya', '--scope', 'operate', '--title', 'x'.repeat(201)], 'at most 200'],
])('key create %j is refused and stores nothing', async (options, said) => {
  const env = place();
  const { code, out, err } = await jembatan(['key', 'create', ...options], env);
  expect([code, out]).toEqual([2, []]);
  expect(err.join('\n')).toContain(said);
  expect(existsSync(join(env['JEMBATAN_DATA']!, 'ledger.db'))).toBe(false);
});

test('an unknown key is not revoked', async () => {
  const env = place();
  await jembatan(CREATE, env);
  const { code, err } = await jembatan(['key', 'revoke', 'ffffffffffff'], env);
  expect([code, err[0]]).toEqual([2, 'There is no key ffffffffffff among 1 key: jembatan key list']);
});

test.each([
  ['key', 'list'],
  ['key', 'revoke', 'x'],
  ['audit', 'verify'],
])('%s %s of a ledger that is not there makes none', async (...words) => {
  const env = place();
  const { code, out, err } = await jembatan(words, env);
  expect([code, out]).toEqual([1, []]);
  expect(err).toEqual([expect.stringContaining('There is no ledger at')]);
  expect(existsSync(join(env['JEMBATAN_DATA']!, 'ledger.db'))).toBe(false);
});

test('a file that is no ledger, and a database without its key file, are one line each', async () => {
  const env = { ...place(), JEMBATAN_LEDGER: `sqlite:${join(SHIPPED, 'sites.yaml')}` };
  const foreign = await jembatan(['audit', 'verify'], env);
  expect([foreign.code, foreign.err.length]).toEqual([1, 1]);
  expect(foreign.err[0]).toContain('is not a ledger');
  const other = await jembatan(['audit', 'verify'], {
    ...place(),
    JEMBATAN_LEDGER: 'postgres://bus:hush@db/x',
  });
  expect([other.code, other.err]).toEqual([
    1,
    [expect.stringContaining('keys.json is missing: copy the one')],
  ]);
});

/** A ledger with one application of three events and a stream of the bus longer than a page. */
async function filled(): Promise<{ env: Record<string, string>; id: string; path: string }> {
  const env = place();
  const { ledger } = await openStore(readEnv(env), 'owner');
  const id = systemClock.id();
  const events = chain(id, EMPTY, '2026-11-16T02:12:00.000Z', [
    { type: 'go.mpp.application.accepted.v1', data: { number: '2026-11-0001' } },
    { type: 'go.mpp.step.succeeded.v1', data: { step: 'person' } },
    { type: 'go.mpp.step.succeeded.v1', data: { step: 'bill' } },
  ]);
  const empty = new Uint8Array();
  await ledger.accept({
    application: {
      id,
      number: '2026-11-0001',
      platform: 'mpp-kuburaya',
      site: 'MPP-6112-01',
      service: 'POLRES.SKCK',
      jurisdiction: '99.01',
      channel: 'direct',
      sandbox: true,
      plan: 'p',
      state: 'accepted',
      ending: null,
      priority: 5,
      acceptedAt: 1,
      promisedAt: null,
      clock: null,
      parent: null,
      body: empty,
      wrappedKey: empty,
    },
    steps: [],
    events,
    index: [],
    clientReference: 'r',
    fingerprint: 'f',
    documents: [],
  });
  for (let n = 0; n < 3; n += 1) {
    await ledger.appendEvents(
      'bus',
      Array.from({ length: 200 }, (_, i) => ({ type: 'go.mpp.document.viewed.v1', data: { n, i } })),
    );
  }
  await ledger.appendEvents('agency:bank-kalbar', [
    { type: 'go.mpp.connector.paused.v1', data: { by: 'k' } },
  ]);
  await ledger.close();
  return { env, id, path: join(env['JEMBATAN_DATA']!, 'ledger.db') };
}

function tamper(path: string, sql: string, ...values: string[]): void {
  const db = new DatabaseSync(path);
  const { changes } = db.prepare(sql).run(...values);
  db.close();
  expect(Number(changes)).toBeGreaterThan(0);
}

test('an unbroken ledger: one line', async () => {
  const { env } = await filled();
  expect(await jembatan(['audit', 'verify'], env)).toEqual({
    code: 0,
    out: ['audit: 3 streams, 604 events: unbroken'],
    err: [],
  });
});

test('one byte changed in an event’s data is found, by stream and number', async () => {
  const { env, id, path } = await filled();
  tamper(path, `UPDATE events SET data = replace(data, 'person', 'persom') WHERE stream = ? AND seq = 2`, id);
  const { code, out, err } = await jembatan(['audit', 'verify'], env);
  expect(code).toBe(1);
  expect(out).toEqual([`stream ${id}, event 2: event 2 was changed`]);
  expect(err).toEqual(['audit: 3 streams, 602 events: 1 break']);
  const asJson = await jembatan(['audit', 'verify', '--json'], env);
  expect(asJson.code).toBe(1);
  expect(json(asJson)).toMatchObject({ ok: false, breaks: [{ stream: id, seq: 2 }] });
});

test.each<[string, string, number, string]>([
  [
    'an event taken out of the second page',
    `DELETE FROM events WHERE stream = 'bus' AND seq = 550`,
    550,
    'event 550 is missing',
  ],
  [
    'the first event of the second page changed',
    `UPDATE events SET data = '{"n":9}' WHERE stream = 'bus' AND seq = 501`,
    501,
    'event 501 was changed',
  ],
  [
    'a time moved',
    `UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE stream = 'bus' AND seq = 1`,
    1,
    'event 1 was changed',
  ],
  [
    'the last event cut off',
    `DELETE FROM events WHERE data = '{"step":"bill"}'`,
    3,
    'event 3 is missing: the application stands at 3',
  ],
  [
    'all events of an application cut off',
    `DELETE FROM events WHERE type NOT LIKE '%document%' AND stream <> 'agency:bank-kalbar'`,
    1,
    'all its events are missing',
  ],
  [
    'an application set back',
    `UPDATE applications SET version = 2`,
    3,
    'the application stands at 2, before its last event',
  ],
  [
    'an application with another head',
    `UPDATE applications SET head = 'beef'`,
    3,
    'the application names another hash as its last',
  ],
  ['an application taken out', `DELETE FROM applications`, 3, 'the application of these events is missing'],
])('%s is found', async (_, sql, seq, why) => {
  const { env, path } = await filled();
  tamper(path, sql);
  const { code, out } = await jembatan(['audit', 'verify'], env);
  expect(code).toBe(1);
  expect(out).toHaveLength(1);
  expect(out[0]).toContain(`event ${seq}: `);
  expect(out[0]).toContain(why);
});
