/** Callbacks over several processes' pools: whoever appends and whoever ends a batch pass each other, and no event is lost. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Ring } from '../../src/domain/lane.ts';
import type { DeskLedger } from '../../src/flow/ports/ledger-desk.ts';
import { postgresLedger } from '../../src/ledger/postgres/index.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { acceptance, bytes, endpoint, idOf, SETTLED, store } from './ledger-fixtures.ts';

describe.skipIf(!hasServers)('callbacks from many processes', () => {
  let databases: Databases;
  beforeAll(async () => {
    databases = await startDatabases();
  }, 60_000);
  afterAll(() => databases.remove(), 60_000);

  const pools = async (count: number, known?: string): Promise<DeskLedger[]> => {
    const url = known ?? (await databases.fresh());
    return Promise.all(
      Array.from({ length: count }, async () => {
        const ledger = await postgresLedger(url, systemClock, { volatile: true });
        onTestFinished(() => ledger.close());
        return ledger;
      }),
    );
  };

  /** Bells of endpoints, answered by whoever comes first; some are answered twice, as a queue may do. */
  const bells = (): { ring(rings: Ring[]): void; take(): Ring | undefined } => {
    const waiting: Ring[] = [];
    return {
      ring: (rings) => void waiting.push(...rings.filter(({ lane }) => lane === 'callbacks')),
      take: () => waiting.shift(),
    };
  };

  const serve = async (ledger: DeskLedger, ring: Ring, delivered: Map<string, number[]>): Promise<Ring[]> => {
    const claimed = await ledger.claimEndpoint(ring.bell.id, ring.bell.wake, 60_000);
    if (!claimed) return [];
    const { id, fence } = claimed.row;
    const moved = [];
    for (const { applicationId, nextSeq } of claimed.due) {
      const events = await ledger.eventsFrom(applicationId, nextSeq, 20);
      const told = `${id} ${applicationId}`;
      delivered.set(told, [...(delivered.get(told) ?? []), ...events.map(({ seq }) => seq)]);
      moved.push({ applicationId, fromSeq: nextSeq, nextSeq: nextSeq + events.length });
    }
    return ledger.endBatch({ id, fence, moved, log: [], failed: null, state: 'active', code: null });
  };

  test('every event reaches every endpoint once and in order', { timeout: 120_000 }, async () => {
    const [APPLICATIONS, EVENTS] = [60, 6];
    const ledgers = await pools(4);
    for (const id of ['end-1', 'end-2']) await ledgers[0]!.createEndpoint(endpoint(id));
    const delivered = new Map<string, number[]>();
    const { ring, take } = bells();
    let writing = true;
    const write = async (ledger: DeskLedger, from: number): Promise<void> => {
      for (let n = from; n <= APPLICATIONS; n += ledgers.length) {
        const accepted = await ledger.accept(acceptance(n));
        if (accepted.is === 'accepted') ring(accepted.rings);
        for (let seq = 2; seq <= EVENTS; seq += 1) {
          const recorded = await store(ledger, n, { events: [SETTLED] });
          if (recorded.is === 'done') ring(recorded.rings);
        }
      }
    };
    const answer = async (ledger: DeskLedger): Promise<void> => {
      for (;;) {
        const next = take();
        if (next) {
          const rings = await Promise.all([serve(ledger, next, delivered), serve(ledger, next, delivered)]);
          ring(rings.flat());
        } else if (writing) await new Promise((resolve) => setImmediate(resolve));
        else return;
      }
    };
    const answering = ledgers.map(answer);
    await Promise.all(ledgers.map((ledger, n) => write(ledger, n + 1))).finally(() => (writing = false));
    await Promise.all(answering);
    // What two have missed that passed each other, the sweep finds.
    for (;;) {
      const rings = await ledgers[0]!.due({ horizon: Date.now(), most: () => 9, lanes: ['callbacks'] });
      if (rings.length === 0) break;
      ring(rings);
      await answer(ledgers[0]!);
    }
    const all = Array.from({ length: EVENTS }, (_, n) => n + 1);
    const expected = ['end-1', 'end-2'].flatMap((id) =>
      Array.from({ length: APPLICATIONS }, (_, n) => [`${id} ${idOf(n + 1)}`, all]),
    );
    expect([...delivered].toSorted()).toEqual(expected);
    for (const id of ['end-1', 'end-2'])
      expect(await ledgers[0]!.endpoint(id)).toMatchObject({ dueAt: null, leaseUntil: null, failures: 0 });
  });

  interface Halting {
    one: DeskLedger;
    two: DeskLedger;
    /** From now on whoever notes a delivery stops in the middle of its statement. */
    halt(): Promise<void>;
    goOn(): Promise<void>;
    /** Resolves once somebody waits for a lock of this kind. */
    waits(kind: 'advisory' | 'transactionid'): Promise<void>;
  }

  const halting = async (): Promise<Halting> => {
    const url = await databases.fresh();
    await run(
      url,
      `CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END $$;
       CREATE TRIGGER halt AFTER INSERT OR UPDATE OF last_seq ON deliveries FOR EACH ROW EXECUTE FUNCTION halt()`,
    );
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    onTestFinished(() => holder.end());
    const [one, two] = (await pools(2, url)) as [DeskLedger, DeskLedger];
    return {
      ...{ one, two },
      halt: async () => void (await holder.query('SELECT pg_advisory_lock(42)')),
      goOn: async () => void (await holder.query('SELECT pg_advisory_unlock(42)')),
      async waits(kind) {
        const text = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND locktype = '${kind}'`;
        await expect
          .poll(async () => (await run(url, text))[0]!['n'], { interval: 10, timeout: 4000 })
          .toBe(1);
      },
    };
  };
  /** One application's first event is being delivered; its batch is still to be ended. */
  const delivering = async (ledger: DeskLedger): Promise<() => Promise<Ring[]>> => {
    await ledger.createEndpoint(endpoint('end-1'));
    await ledger.accept(acceptance(1));
    const { wake } = (await ledger.endpoint('end-1'))!;
    const { row } = (await ledger.claimEndpoint('end-1', wake, 60_000))!;
    const moved = [{ applicationId: idOf(1), fromSeq: 1, nextSeq: 2 }];
    const batch = { id: 'end-1', fence: row.fence, moved, log: [], failed: null, code: null };
    return () => ledger.endBatch({ ...batch, state: 'active' });
  };
  const nextDue = async (ledger: DeskLedger): Promise<unknown> => {
    const [ring] = await ledger.due({ horizon: Date.now(), most: () => 9, lanes: ['callbacks'] });
    const claimed = await ledger.claimEndpoint('end-1', ring?.bell.wake ?? -1, 60_000);
    return claimed?.due.map(({ applicationId, nextSeq }) => [applicationId, nextSeq]);
  };

  test('the end of a batch does not delete what an event keeps that is not committed yet', async () => {
    const { one, two, halt, goOn, waits } = await halting();
    const end = await delivering(one);
    await halt();
    const recorded = store(two, 1, { events: [SETTLED] });
    await waits('advisory');
    const ended = end();
    await waits('transactionid');
    await goOn();
    expect(await recorded).toMatchObject({ is: 'done' });
    await ended;
    expect(await nextDue(one)).toEqual([[idOf(1), 2]]);
  });

  test('an acceptance that neither side saw is found by the next sweep', async () => {
    const { one, two, halt, goOn, waits } = await halting();
    const end = await delivering(one);
    await halt();
    const accepted = two.accept(acceptance(2));
    await waits('advisory');
    expect(await end()).toEqual([]);
    await goOn();
    expect(await accepted).toMatchObject({ is: 'accepted', rings: [{ lane: 'registry' }] });
    expect(await one.endpoint('end-1')).toMatchObject({ dueAt: null, leaseUntil: null });
    expect(await nextDue(one)).toEqual([[idOf(2), 1]]);
  });

  test('an endpoint is deleted while events come: nothing is left of it that would ring', async () => {
    const [one, two] = (await pools(2)) as [DeskLedger, DeskLedger];
    for (let n = 1; n <= 15; n += 1) {
      await one.createEndpoint(endpoint('end-1', { sealed: bytes(`url ${n}`) }));
      await Promise.all([one.deleteEndpoint('end-1'), two.accept(acceptance(n))]);
      expect(await one.endpoint('end-1')).toBeUndefined();
    }
    expect(await one.due({ horizon: Date.now(), most: () => 9, lanes: ['callbacks'] })).toEqual([]);
  });
});
