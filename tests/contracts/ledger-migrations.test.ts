/** A ledger that an earlier release wrote runs on: nothing is lost, and what was added is filled in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Bell } from '../../src/domain/lane.ts';
import { LedgerRefused, sqliteLedger } from '../../src/ledger/sqlite/index.ts';
import { migrations } from '../../src/ledger/sqlite/migrations.ts';
import {
  AT,
  BOX,
  bytes,
  claimOf,
  idOf,
  keyOf,
  manualClock,
  MINUTE,
  START,
  stepOf,
  store,
} from './ledger-fixtures.ts';

/** A file of the first release: two open applications of two platforms, the second's step under way, a sleeping lane. */
async function released(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'ledger.db');
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; ${migrations[0]} PRAGMA user_version = 1;`);
  for (const [n, platform] of [
    [1, 'mall'],
    [2, 'portal'],
  ] as const) {
    const id = idOf(n);
    db.prepare(
      `INSERT INTO applications (id, number, platform, site, service, jurisdiction, channel, sandbox, plan, state, priority,
         version, head, accepted_at) VALUES (?, ?, ?, 'MPP-9999-01', ?, '99.99', 'direct', 1, 'digest', 'accepted', 3, 1, 'h', ?)`,
    ).run(id, `9999-01-26-${n}`, platform, `TEST.${platform.toUpperCase()}`, START);
    db.prepare('INSERT INTO bodies VALUES (?, ?, NULL)').run(id, bytes('body'));
    db.prepare('INSERT INTO keys VALUES (?, ?, ?)').run(id, id, bytes('key'));
    db.prepare(`INSERT INTO events VALUES (?, 1, ?, 'go.mpp.application.accepted.v1', '{}', 'h', NULL)`).run(
      id,
      AT,
    );
    const step = db.prepare(
      `INSERT INTO steps (application_id, name, priority, position, agency, operation, adapter, state, since, round, attempts,
         spent, inquiries, wake, due_at, fence, lease_until, key, sealed)
       VALUES (?, ?, 3, ?, ?, 'check', 'testing@1', ?, ?, 1, 0, 0, 0, 1, ?, 0, ?, ?, ?)`,
    );
    const lease = n === 2 ? START + MINUTE : null;
    step.run(id, 'check', 0, 'registry', 'ready', START, lease ?? START, lease, keyOf(n, 0), bytes('secret'));
    step.run(id, 'pay', 1, 'bank', 'pending', START, null, null, keyOf(n, 1), bytes('secret'));
  }
  db.prepare(`INSERT INTO lanes VALUES ('bank', 0, ?, 'MAINTENANCE', 2, 1, 0)`).run(START + MINUTE);
  db.close();
  return path;
}

test('a ledger of the first release knows whose each step is, and goes on', async () => {
  const path = await released();
  const clock = manualClock();
  expect(() => sqliteLedger(path, clock, 'guest')).toThrow(LedgerRefused);
  const ledger = sqliteLedger(path, clock);
  onTestFinished(() => ledger.close());
  const due = await ledger.due({ horizon: START + 10 * MINUTE, most: () => 10 });
  expect(due.map(({ bell, at, line }): [Bell, number, unknown] => [bell, at, line])).toEqual([
    [{ id: `${idOf(1)}.check`, wake: 1 }, START, { platform: 'mall', service: 'TEST.MALL' }],
    [{ id: `${idOf(2)}.check`, wake: 1 }, START + MINUTE, { platform: 'portal', service: 'TEST.PORTAL' }],
  ]);
  expect(await stepOf(ledger, 1, 'pay')).toMatchObject({
    platform: 'mall',
    service: 'TEST.MALL',
    turn: null,
  });
  expect(await ledger.lane('bank')).toEqual({
    ...{ id: 'bank', paused: false, sleepUntil: START + MINUTE, code: 'MAINTENANCE', failures: 2, sleeps: 1 },
    ...{ probeUntil: 0, day: '', used: 0 },
  });
  const gate = { closedUntil: null, perDay: 1, day: '2026-01-15', dayEndsAt: START + 60 * MINUTE };
  expect(await ledger.claim(await claimOf(ledger, 1, 'check', { gate }))).toMatchObject({ is: 'claimed' });
  const lane = { id: 'registry', signal: { is: 'good' as const }, limits: BOX };
  expect(await store(ledger, 1, { steps: { check: { state: 'succeeded', dueAt: null } }, lane })).toEqual({
    is: 'done',
    rings: [],
  });
  expect(await ledger.lane('registry')).toMatchObject({ day: '2026-01-15', used: 1 });
});
