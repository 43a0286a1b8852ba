/** `move`: from SQLite to a real PostgreSQL, all of it or nothing, and the applications run on. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { chain, EMPTY } from '../../src/domain/chain.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { moveLedger, type Moved } from '../../src/ledger/move/index.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import {
  acceptance,
  AT,
  bytes,
  claimOf,
  document,
  endpoint,
  idOf,
  message,
  SETTLED,
  store,
  stepRow,
} from '../contracts/ledger-fixtures.ts';
import type { ComplaintRow, MessageRow, SurveyRow } from '../../src/flow/ports/ledger-people.ts';
import { SHIPPED } from '../config/broken.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { shippedCatalogue } from '../support/catalogues.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

const said = (n: number): MessageRow => ({
  ...{
    applicationId: idOf(n),
    n: 1,
    key: 'k',
    fingerprint: 'f',
    at: AT,
    author: 'citizen',
    channel: 'phone',
  },
  ...{ sender: 'key-1', sealed: bytes('\u0000words') },
});
const complained = (n: number): ComplaintRow => ({
  ...{ applicationId: idOf(n), n: 1, key: 'k', fingerprint: 'f', at: AT, category: 'delay', tier: 1 },
  ...{ state: 'answered', lookAt: null, dueAt: AT, forwardedTo: null, sender: 'key-1' },
  ...{ sealed: bytes('words'), answer: bytes('\u00ff') },
});
const surveyed: SurveyRow = {
  ...{ id: 'survey-1', service: 'TEST.ONE', site: 'MPP-9999-01', channel: 'direct', month: '2026-01' },
  ...{ scores: [1, 2, 3, 4, 1, 2, 3, 4, 1], comment: bytes('sealed') },
};

describe.skipIf(!hasServers)('move', () => {
  let databases: Databases;
  let url: string;

  beforeAll(async () => {
    databases = await startDatabases(true);
  }, 60_000);
  afterAll(() => databases.remove(), 60_000);
  beforeEach(async () => {
    url = await databases.fresh();
  });

  /** Runs SQL on the target. */
  const sql = (text: string): Promise<Record<string, never>[]> => run(url, text);

  interface Place {
    env: Record<string, string>;
    path: string;
  }
  const place = (): Place => {
    const data = temporaryFolder();
    return {
      env: { JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED, JEMBATAN_LEDGER: url },
      path: join(data, 'ledger.db'),
    };
  };

  /** A ledger with something in every table, left by a bus that died in the middle of an exchange. */
  const filled = async (): Promise<Place> => {
    const at = place();
    const ledger = sqliteLedger(at.path, systemClock, 'owner');
    await ledger.createEndpoint(endpoint('end-1'));
    await ledger.saveDocument(document('doc-1'));
    await ledger.nextSerial('MPP-9999-01', 2026);
    await ledger.savePlan('digest', '{"a":"é, 𐏓 and \\u0000"}');
    for (let n = 1; n <= 5; n += 1) {
      const documents = n === 1 ? [{ hash: 'hash of doc-1', name: 'photo' }] : [];
      await ledger.accept(acceptance(n, { documents, openLock: `person ${n}` }));
    }
    await ledger.claim(await claimOf(ledger, 2));
    const attempt = {
      step: 'check',
      round: 1,
      number: 1,
      endedAt: AT,
      outcome: 'ok',
      code: null,
      status: 200,
    };
    await ledger.claim(await claimOf(ledger, 3));
    await store(ledger, 3, {
      events: [{ ...SETTLED, sealed: bytes('why') }],
      attempt: { ...attempt, sealed: bytes('\u0000\u00ff') },
      steps: { check: { state: 'succeeded', dueAt: null, leaseUntil: null, leaseKind: null } },
      oldRounds: [stepRow(3, 'check', 0)],
      open: [{ step: 'check', kind: 'conflict', code: 'X' }],
      references: [{ agency: 'registry', reference: 'blind', step: 'check' }],
      inbox: message('m-1'),
      said: [said(3)],
      complaints: [complained(3)],
    });
    await ledger.grantToken('bank', 'hash', Date.parse('2199-01-01T00:00:00Z'));
    await ledger.keepSurvey(surveyed, 'hash of a token');
    await ledger.setPaused('bank', true, { type: 'go.mpp.connector.paused.v1', data: {} });
    const [route] = (await shippedCatalogue()).catalogue.routes.values();
    const version = { service: route!.service, version: route!.version };
    const told = { type: 'go.mpp.route.staged.v1', data: {} };
    await ledger.stageRoute({ ...version, stagedAt: AT, stagedBy: 'key-1', route: route! }, told);
    const act = { ...version, n: 1, act: 'activate' as const, sites: ['MPP-6112-01'], at: AT, by: 'key-2' };
    await ledger.actOnRoute(act, told);
    await ledger.askReload({ n: 1, digest: 'd', at: 1_768_444_205_000, by: 'key-1' }, told);
    const began = { startedAt: 1_768_444_205_000, seenAt: 1_768_444_205_000, since: 1_768_444_205_000 };
    const stands = { digest: 'd', heard: 1, refused: [{ code: 'x', file: 'é.yaml', line: 1 }] };
    await ledger.sayProcess({ id: 'p-1', name: 'one:8080', role: 'all', ...began, ...stands }, 0);
    await ledger.keepShapes({
      ...{ agency: 'bank', place: 'testing@1 pay send 2xx', marks: ['object '], told: ['string /data/nik'] },
      ...{ again: ['code BAD_RESPONSE'], learned: 'learned ok', since: AT, at: AT },
    });
    await ledger.createKey({
      ...{ id: 'key-1', hash: 'h', platform: 'mall', scopes: ['operate'], title: '', createdAt: AT },
      ...{ expiresAt: null, revokedAt: null },
    });
    const [ring] = await ledger.redeliver('end-1', idOf(1), 1);
    const { row } = (await ledger.claimEndpoint('end-1', ring!.bell.wake, 60_000))!;
    const line = {
      endpointId: 'end-1',
      id: 'log-1',
      at: AT,
      applicationId: idOf(1),
      seq: 1,
      status: 200,
      code: null,
    };
    const batch = {
      id: 'end-1',
      fence: row.fence,
      moved: [],
      failed: null,
      state: 'active',
      code: null,
    } as const;
    await ledger.endBatch({
      ...batch,
      moved: [{ applicationId: idOf(1), fromSeq: 1, nextSeq: 2 }],
      log: [line],
    });
    await ledger.close();
    return at;
  };

  const move = ({ path, env }: Place, to = url): Promise<Ran> =>
    jembatan(['move', '--from', `sqlite:${path}`], { ...env, JEMBATAN_LEDGER: to });

  const opened = async (): Promise<DeskLedger> => {
    const ledger = await postgresLedger(url, systemClock);
    onTestFinished(() => ledger.close());
    return ledger;
  };
  /** How many rows the target has in all. */
  const rowsThere = async (): Promise<number> => {
    const tables = await sql(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name IN
       ('applications', 'steps', 'events', 'keys', 'bodies', 'attempts', 'lanes', 'endpoints', 'deliveries')`,
    );
    const counts = await Promise.all(
      tables.map(({ name }) => sql(`SELECT count(*)::int AS n FROM ${String(name)}`)),
    );
    return counts.reduce((sum, [row]) => sum + Number(row!['n']), 0);
  };
  const version = (path: string): number => {
    const db = new DatabaseSync(path, { readOnly: true });
    const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    db.close();
    return found;
  };

  test('takes every table over, says what it took, and the old file starts no more', async () => {
    const at = await filled();
    const { code, out, err } = await move(at);
    expect([code, err]).toEqual([0, expect.anything()]);
    expect(out[0]).toMatch(/^audit: 7 streams, 10 events: unbroken$/);
    const tables = out.filter((line) => / [0-9a-f]{64}$/.test(line)).map((line) => line.split(/ +/));
    expect(tables.filter(([, rows]) => rows === '0')).toEqual([]);
    expect(tables.length).toBeGreaterThan(20);
    expect(out.at(-1)).toMatch(
      /^moved \d+ rows to postgres:\/\/postgres@127.0.0.1:\d+\/ledger_\d+: the same on both sides$/,
    );
    expect(err.join('\n')).toContain('1 exchange that a dead bus left open will be asked about');
    const again = await move(at);
    expect([again.code, again.err]).toEqual([1, [expect.stringContaining('was moved to PostgreSQL')]]);
    expect(() => sqliteLedger(at.path, systemClock)).toThrow('was moved to PostgreSQL');
  });

  test('what was moved is read as it was: bodies, seals, chains, lanes, deliveries', async () => {
    const at = await filled();
    const before = sqliteLedger(at.path, systemClock, 'guest');
    const read = async (ledger: DeskLedger): Promise<unknown> => [
      (await ledger.read(idOf(1)))!.application,
      (await ledger.read(idOf(3)))!,
      await ledger.attempts(idOf(3)),
      await ledger.oldRounds(idOf(3)),
      await ledger.events(idOf(3), 0, 9),
      await ledger.openItems({ most: 9 }),
      await ledger.lanes(),
      await ledger.plan('digest'),
      await ledger.document('doc-1'),
      await ledger.inbox('bank', 'm-1'),
      await ledger.keys(),
      await ledger.deliveryLog('end-1', '', 9),
      await ledger.streams('', 99),
      await ledger.endpointsOf('mall'),
      await ledger.stagedRoutes(),
      await ledger.routeActs(),
    ];
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_, one: unknown) => bytesAsText(one)));
    const was = plain(await read(before));
    await before.close();
    expect((await move(at)).code).toBe(0);
    expect(plain(await read(await opened()))).toEqual(was);
  });

  test('the new ledger goes on: locks hold, serials are new, half-done work is due, callbacks go out', async () => {
    const at = await filled();
    const serial = await (async () => {
      const old = sqliteLedger(at.path, systemClock, 'guest');
      const next = await old.nextSerial('MPP-9999-01', 2026);
      await old.close();
      return next;
    })();
    expect((await move(at)).code).toBe(0);
    const ledger = await opened();
    expect(await ledger.accept(acceptance(1))).toMatchObject({ is: 'repeat', applicationId: idOf(1) });
    expect(await ledger.nextSerial('MPP-9999-01', 2026)).toBeGreaterThan(serial);
    const rings = await ledger.due({ horizon: Date.now(), most: () => 99 });
    const due = rings.filter(({ lane }) => lane === 'registry').map(({ bell }) => bell.id);
    expect(due.toSorted()).toEqual([1, 2, 4, 5].map((n) => `${idOf(n)}.check`));
    const [callback] = rings.filter(({ lane }) => lane === 'callbacks');
    const claimed = await ledger.claimEndpoint('end-1', callback!.bell.wake, 60_000);
    expect(claimed!.due.map(({ applicationId }) => applicationId)).toEqual([2, 3, 4, 5].map(idOf));
    expect((await ledger.lane('bank')).paused).toBe(true);
  });

  test.each<[string, (at: Place) => Promise<Ran>, string]>([
    [
      'a bus that runs on it',
      async (at) => {
        const bus = sqliteLedger(at.path, systemClock, 'owner');
        const ran = await move(at);
        await bus.close();
        return ran;
      },
      'is used by another jembatan process: stop it first',
    ],
    ['no ledger at its path', (at) => move({ ...at, path: `${at.path}.none` }), 'There is no ledger at'],
    [
      'a broken chain',
      (at) => {
        const db = new DatabaseSync(at.path);
        db.exec(`UPDATE events SET data = '{}' WHERE stream = '${idOf(1)}'`);
        db.close();
        return move(at);
      },
      '1 break',
    ],
    [
      'a target that holds something',
      async (at) => {
        await sql(`INSERT INTO plans VALUES ('other', '{}')`);
        return move(at);
      },
      'is not empty',
    ],
    [
      'a target that was never migrated',
      async (at) => {
        await sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        return move(at);
      },
      'run jembatan migrate first',
    ],
    [
      'a target that is being written to',
      async (at) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query('BEGIN; LOCK TABLE plans IN ROW EXCLUSIVE MODE');
        const ran = await move(at);
        await client.end();
        return ran;
      },
      'is being written to: stop every bus',
    ],
    [
      'nobody at the target',
      async (at) => move(at, `postgres://bus:hush@127.0.0.1:${await freePort()}/bus`),
      'nobody listens there',
    ],
    [
      'a target that is not there',
      (at) => move(at, url.replace(/ledger_\d+$/, 'nowhere')),
      'there is no such database',
    ],
    [
      'a row that PostgreSQL cannot hold',
      (at) => {
        const db = new DatabaseSync(at.path);
        db.exec(`INSERT INTO plans VALUES ('nul', 'a' || char(0) || 'b')`);
        db.close();
        return move(at);
      },
      'invalid byte sequence',
    ],
    [
      'a disk that is full in the middle',
      async (at) => {
        await sql(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device'; END $$;
          CREATE TRIGGER full_disk BEFORE INSERT ON steps EXECUTE FUNCTION full_disk()`);
        return move(at);
      },
      'No space left on device',
    ],
    [
      'a target that stores something else',
      async (at) => {
        await sql(`CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN NEW.text = NEW.text || ' '; RETURN NEW; END $$;
          CREATE TRIGGER other BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION other()`);
        return move(at);
      },
      'plans digest did not arrive as it is: nothing was moved',
    ],
  ])('%s stops it in one line, and both sides are as they were', async (_, tried, said) => {
    const at = await filled();
    const { code, err } = await tried(at);
    expect([code, err.at(-1)]).toEqual([1, expect.stringContaining(said)]);
    expect(err.join('\n')).not.toContain('hush');
    expect(version(at.path)).toBeGreaterThan(0);
    await sqliteLedger(at.path, systemClock, 'owner').close();
    if (!said.includes('migrate first')) expect(await rowsThere()).toBe(0);
  });

  test(
    'killed in the middle, it leaves both as they were; the next one does it all',
    { timeout: 120_000 },
    async () => {
      const at = await filled();
      // Many rows, so that there is a middle.
      const db = new DatabaseSync(at.path);
      db.exec(`INSERT INTO plans WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60000)
      SELECT 'filler-' || n, hex(zeroblob(200)) FROM n`);
      db.close();
      const child = spawn(process.execPath, ['src/cli.ts', 'move'], {
        env: { ...at.env, PATH: process.env['PATH'] },
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      const busy = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'jembatan move'
      AND query LIKE 'INSERT INTO plans%'`;
      await expect.poll(async () => (await sql(busy))[0]!['n'], { timeout: 30_000, interval: 20 }).toBe(1);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      expect(await rowsThere()).toBe(0);
      expect(version(at.path)).toBeGreaterThan(0);
      const gone = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'jembatan move'`;
      await expect.poll(async () => (await sql(gone))[0]!['n'], { timeout: 30_000 }).toBe(0);
      expect((await move(at)).out.at(-1)).toMatch(/^moved 60\d+ rows/);
    },
  );

  test('old months get parts of their own, so that they can be dropped as a whole', async () => {
    const at = place();
    const ledger = sqliteLedger(at.path, systemClock, 'owner');
    const id = `${Date.UTC(2026, 0, 15).toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-000000000001`;
    const { application, steps, ...rest } = acceptance(1);
    await ledger.accept({
      ...rest,
      application: { ...application, id },
      steps: steps.map((step) => ({ ...step, applicationId: id })),
      events: chain(id, EMPTY, AT, [{ type: 'go.mpp.application.accepted.v1', data: {} }]),
    });
    await ledger.close();
    expect((await move(at)).code).toBe(0);
    expect(await sql('SELECT stream FROM events_2026_01')).toEqual([{ stream: id }]);
    expect(await sql('SELECT stream FROM events_other')).toEqual([]);
  });

  test('one that died after it had stored all is finished by the next', async () => {
    const at = await filled();
    const options = { from: at.path, to: url, clock: systemClock, tell: () => undefined };
    // The file as it was before the mark: what a kill between the two commits leaves.
    const copy = `${at.path}.copy`;
    const db = new DatabaseSync(at.path);
    db.exec(`VACUUM INTO '${copy}'`);
    db.close();
    const prove = async (): Promise<void> => undefined;
    const first: Moved = await moveLedger({ ...options, prove });
    const second = await moveLedger({ ...options, from: copy, prove });
    expect([first.again, second.again]).toEqual([false, true]);
    expect(second.tables).toEqual(first.tables);
    expect(version(copy)).toBeLessThan(0);
  });

  test('a connection that breaks at the very end leaves the file unmarked, and says what to do', async () => {
    const at = await filled();
    await sql(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON serials DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()`);
    const { code, err } = await move(at);
    expect([code, err.at(-1)]).toEqual([1, expect.stringContaining('Run move again before any bus starts')]);
    expect(version(at.path)).toBeGreaterThan(0);
    await sql('DROP TRIGGER cut ON serials');
    expect(await move(at)).toMatchObject({ code: 0 });
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ['no target', [], {}, 'Say where to: JEMBATAN_LEDGER=postgres://'],
    ['a target that is none', ['--to', 'mysql://x'], {}, 'Say where to'],
    [
      'a source that is none',
      ['--from', 'postgres://x/y', '--to', 'postgres://x/y'],
      {},
      '--from is sqlite:PATH',
    ],
  ])('%s is a wrong call', async (_, words, env, said) => {
    const { code, err } = await jembatan(['move', ...words], env);
    expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(said)]);
  });

  function bytesAsText(value: unknown): unknown {
    const isJsonBuffer =
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
    if (isJsonBuffer) return Buffer.from((value as unknown as { data: number[] }).data).toString('hex');
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  }
});
