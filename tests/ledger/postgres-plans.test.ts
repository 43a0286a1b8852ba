/** The plans of every statement that work waits for, over 25,000 applications: each walks along an index, and sorts only what it gives. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chain } from '../../src/domain/chain.ts';
import { acceptVerbs } from '../../src/ledger/postgres/accept.ts';
import { claimVerbs } from '../../src/ledger/postgres/claim.ts';
import {
  openPool,
  OPTIONS,
  type Bound,
  type Database,
  type Statements,
} from '../../src/ledger/postgres/database.ts';
import { lookVerbs, workVerbs } from '../../src/ledger/postgres/desk.ts';
import { documentVerbs } from '../../src/ledger/postgres/documents.ts';
import { readVerbs } from '../../src/ledger/postgres/due.ts';
import { inboxVerbs } from '../../src/ledger/postgres/inbox.ts';
import { notifyVerbs } from '../../src/ledger/postgres/notify.ts';
import { recordVerbs } from '../../src/ledger/postgres/record.ts';
import { shapeVerbs } from '../../src/ledger/postgres/shapes.ts';
import { sweepVerbs } from '../../src/ledger/postgres/sweep.ts';
import {
  acceptance,
  AT,
  BOX,
  bytes,
  document,
  manualClock,
  message,
  SETTLED,
} from '../contracts/ledger-fixtures.ts';
import { run, startDatabases, type Databases } from '../support/databases.ts';
import { hasServers } from '../support/servers.ts';
import { seed, SEEDED_AT } from './postgres-seed.ts';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Plan Rows': number;
  Plans?: Plan[];
}

/** A node, and whether what is above it takes no more than it needs. */
type Node = Plan & { limited: boolean };
const nodes = (plan: Plan, limited = false): Node[] => {
  const below = limited || plan['Node Type'] === 'Limit';
  return [{ ...plan, limited }, ...(plan.Plans ?? []).flatMap((inner) => nodes(inner, below))];
};

/** What grows with the ledger: reading a whole table or index, or sorting more than a page. A few endpoints are read as they lie. */
const SMALL = new Set(['endpoints', 'lanes']);
const isWhole = (node: Node): boolean =>
  /Seq Scan|Index.* Scan/.test(node['Node Type']) && !('Index Cond' in node) && !node.limited;
const grows = (node: Node): boolean =>
  (isWhole(node) && !SMALL.has(node['Relation Name'] ?? '')) ||
  (/Sort|Hash/.test(node['Node Type']) && node['Plan Rows'] > 2_000);

/** As PostgreSQL reads a value from a text. */
function literal(value: Exclude<Bound, null>): string {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return Array.isArray(value) ? `{${value.map((one) => JSON.stringify(one)).join(',')}}` : String(value);
}

describe.skipIf(!hasServers)('plans', () => {
  let databases: Databases;
  let url: string;
  let id: string;
  beforeAll(async () => {
    databases = await startDatabases();
    url = await databases.fresh();
    await seed(url);
    const [one] = await run<{ id: string }>(url, 'SELECT id FROM applications ORDER BY id OFFSET 20 LIMIT 1');
    id = one!.id;
  }, 120_000);
  afterAll(() => databases.remove());

  /** Does the work, and gives the plan that every statement of it is run by, however its values are. */
  const plansOf = async (work: (db: Database) => Promise<unknown>): Promise<Node[]> => {
    const db = openPool(url, manualClock());
    onTestFinished(() => db.close());
    const texts = new Map<string, readonly Bound[]>();
    const heard = (on: Statements): Statements => ({
      query(text, values) {
        texts.set(text, values ?? []);
        return on.query(text, values);
      },
    });
    await work({
      ...db,
      ...heard(db),
      write: (inner) => db.write((tx) => inner(heard(tx))),
      reading: (inner) => db.reading((on) => inner(heard(on))),
    });
    const plans: Node[] = [];
    for (const [text, values] of texts) plans.push(...(await planOf(text, values)));
    return plans;
  };

  const planOf = async (text: string, values: readonly Bound[]): Promise<Node[]> => {
    let n = 0;
    const client = new pg.Client({ connectionString: url, options: OPTIONS });
    await client.connect();
    try {
      await client.query(`PREPARE it AS ${text.replaceAll('?', () => `$${(n += 1)}`)}`);
      const places = values
        .map((value) => (value === null ? 'NULL' : pg.escapeLiteral(literal(value))))
        .join(', ');
      const explained = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `EXPLAIN (FORMAT JSON) EXECUTE it${places === '' ? '' : `(${places})`}`,
      );
      return nodes(explained.rows[0]!['QUERY PLAN'][0]!.Plan);
    } finally {
      await client.end();
    }
  };

  const horizon = SEEDED_AT + 86_400_000;
  const now = (event = SETTLED): ReturnType<typeof chain> => chain(id, { seq: 3, hash: 'head' }, AT, [event]);
  const step = async (db: Database) => (await readVerbs(db).read(id))!.steps[1]!;
  const change = {
    applicationId: '',
    version: 3,
    application: { state: 'inProgress', ending: null, endedAt: null },
  } as const;

  test.each<[string, string[], (db: Database) => Promise<unknown>]>([
    ['accept', ['endpoints_platform'], (db) => acceptVerbs(db).accept(acceptance(1))],
    [
      'accept again',
      ['idempotency_pkey', 'client_references_pkey', 'applications_pkey'],
      (db) =>
        acceptVerbs(db).accepted({
          platform: 'mall-1',
          idempotencyKey: 'k',
          clientReference: 'r',
          fingerprint: 'f',
        }),
    ],
    [
      'accept with documents',
      ['documents_unlisted', 'documents_pkey', 'keys_pkey'],
      async (db) => {
        await documentVerbs(db).saveDocument(document('mine'));
        const documents = [{ hash: 'hash of mine', name: 'photo' }];
        expect(await acceptVerbs(db).accept(acceptance(2, { documents }))).toMatchObject({ is: 'accepted' });
      },
    ],
    ['read', ['applications_pkey', 'bodies_pkey', 'keys_pkey', 'steps_pkey'], (db) => readVerbs(db).read(id)],
    [
      'claim, and a claim that is stale',
      ['steps_pkey', 'applications_pkey', 'steps_turn', 'lanes_pkey'],
      async (db) => {
        const { wake, fence, agency } = await step(db);
        const claim = {
          applicationId: id,
          step: 'step-1',
          wake,
          fence,
          lane: agency,
          kind: 'send',
          round: 1,
        } as const;
        const all = { ...claim, number: 1, tryKey: 'k', at: AT, leaseMs: 1000 };
        expect(await claimVerbs(db).claim(all)).toMatchObject({ is: 'claimed' });
        expect(await claimVerbs(db).claim(all)).toMatchObject({ is: 'stale' });
      },
    ],
    [
      'record',
      [
        'applications_pkey',
        'steps_pkey',
        'steps_turn',
        'attempts_2026_01_pkey',
        'items_pkey',
        'items_open',
        'bodies_pkey',
      ],
      async (db) => {
        const row = await step(db);
        const recorded = await recordVerbs(db).record({
          ...{
            ...change,
            applicationId: id,
            events: now(),
            steps: [{ row: { ...row, turn: 'turn-0' }, wake: row.wake, fence: row.fence }],
          },
          application: { ...change.application, result: bytes('result'), clock: null },
          attempt: {
            step: 'step-1',
            round: 1,
            number: 1,
            endedAt: AT,
            outcome: 'ok',
            code: null,
            status: 200,
            sealed: null,
          },
          open: [{ step: 'step-1', kind: 'conflict', code: 'X' }],
          close: { steps: ['step-1'], by: 'bus', at: AT },
          inbox: message('mine'),
          lane: { id: 'agency-1', signal: { is: 'bad', code: 'X' }, limits: BOX },
        });
        expect(recorded).toMatchObject({ is: 'done' });
      },
    ],
    [
      'due in every lane',
      ['steps_due', 'deliveries_pkey', 'lanes_pkey', 'steps_turn'],
      async (db) =>
        expect((await readVerbs(db).due({ horizon, most: () => 500 })).length).toBeGreaterThan(100),
    ],
    [
      'due in some lanes',
      ['steps_due'],
      async (db) => {
        const lanes = ['agency-1', 'agency-2', 'callbacks'];
        const rings = await readVerbs(db).due({ horizon, most: () => 500, lanes });
        expect(new Set(rings.map(({ lane }) => lane))).toEqual(new Set(lanes));
      },
    ],
    ['a step by its key', ['steps_key', 'old_rounds_key'], (db) => inboxVerbs(db).findByKey('agency-1', 'k')],
    [
      'a step by a reference',
      ['step_references_pkey'],
      (db) => inboxVerbs(db).findByReference('agency-1', 'r'),
    ],
    ['a message', ['inbox_pkey'], (db) => inboxVerbs(db).inbox('agency-1', 'm')],
    ['waiting news', ['inbox_waiting'], (db) => inboxVerbs(db).waitingNews('agency-1', 'reference-1')],
    ['a token', ['granted_tokens_pkey'], (db) => inboxVerbs(db).tokenLives('agency-1', 'h')],
    ['a document', ['documents_named', 'chunks_pkey'], (db) => documentVerbs(db).documentNamed(id, 'name')],
    [
      'a batch of callbacks',
      ['deliveries_pkey', 'endpoints_pkey'],
      (db) => notifyVerbs(db).claimEndpoint('end-1', 1, 1000),
    ],
    ['events to deliver', ['events_2026_01_pkey'], (db) => notifyVerbs(db).eventsFrom(id, 1, 9)],
    [
      'the end of a batch',
      ['deliveries_pkey', 'endpoints_pkey'],
      (db) =>
        notifyVerbs(db).endBatch({
          ...{ id: 'end-1', fence: 1, moved: [{ applicationId: id, fromSeq: 1, nextSeq: 4 }], log: [] },
          ...{ failed: null, state: 'active', code: null },
        }),
    ],
    [
      'kept news',
      ['inbox_waiting', 'step_references_pkey', 'steps_pkey'],
      (db) => sweepVerbs(db).newsWithSteps(null, 9),
    ],
    [
      'unlisted uploads',
      ['documents_dropped', 'chunks_pkey', 'keys_pkey'],
      (db) => sweepVerbs(db).dropUnlisted('2026-01-01'),
    ],
    [
      'old deliveries',
      ['delivery_log_at', 'delivery_log_pkey'],
      (db) => sweepVerbs(db).dropDeliveries('2026-01-01'),
    ],
    ['the shapes of an exchange', ['shapes_pkey'], (db) => shapeVerbs(db).shapes('agency-1', 'place-1')],
    [
      'shapes that are told',
      ['events_other_pkey'],
      async (db) =>
        expect(
          await shapeVerbs(db).keepShapes({
            ...{ agency: 'agency-1', place: 'place-1', marks: ['null /a'], told: ['string /b'] },
            ...{ again: ['missing /c'], since: AT, learned: 'learned ok', at: AT, event: SETTLED },
          }),
        ).toBe(true),
    ],
    ['shapes told lately', ['shapes_told'], (db) => shapeVerbs(db).toldShapes('2026-01-14')],
    [
      'the last events of a type',
      ['events_other_pkey'],
      (db) => shapeVerbs(db).lastEvents('agency:agency-1', SETTLED.type, 9),
    ],
    ['stuck', ['steps_stuck'], (db) => workVerbs(db).stuck(9)],
    ['list of all', ['applications_pkey'], (db) => lookVerbs(db).list({ after: 'x', most: 9 })],
    [
      "list of a platform's",
      ['applications_platform'],
      (db) => lookVerbs(db).list({ platform: 'mall-1', after: 'x', most: 9 }),
    ],
    [
      "list of a platform's in a state",
      ['applications_state'],
      (db) => lookVerbs(db).list({ platform: 'mall-1', state: 'accepted', after: 'x', most: 9 }),
    ],
    ['open items', ['items_listed'], (db) => workVerbs(db).openItems({ most: 9 })],
    [
      "an application's open items",
      ['items_listed'],
      (db) => workVerbs(db).openItems({ applicationId: id, most: 9 }),
    ],
    ['search', ['search_index_pkey'], (db) => lookVerbs(db).search('nik', 'nik-1', 'mall-1', 9)],
  ])('%s', async (_, expected, work) => {
    const plans = await plansOf(work);
    const used = new Set(plans.map((node) => node['Index Name']));
    expect(expected.filter((index) => !used.has(index))).toEqual([]);
    const growing = plans
      .filter(grows)
      .map(
        (node) =>
          `${node['Node Type']} ${node['Relation Name'] ?? ''} ${node['Index Name'] ?? ''} ${node['Plan Rows']}`,
      );
    expect(growing).toEqual([]);
  });
});
