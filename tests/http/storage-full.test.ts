/** A full disk: intake says so and asks to come back, reading goes on, and nothing has to be started again. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { CommitUnknown } from '../../src/domain/commit-unknown.ts';
import { openDatabase } from '../../src/ledger/sqlite/database.ts';
import { application, smallWorld, type Sent, type SmallWorld } from './world.ts';

const told = ({ status, body }: Sent): unknown[] => [status, body['code'] ?? body['status']];
const ready = async (world: SmallWorld): Promise<unknown[]> => told(await world.send('/health/ready'));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'jembatan-full-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('a file that may not grow', () => {
  const failing = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  test('whoever wrote too much hears that the disk is full; what was beside it fares for itself; then it goes on', async () => {
    const db = openDatabase(join(folder(), 'ledger.db'), systemClock);
    const save = (id: string, bytes: number): Promise<unknown> =>
      db.write(() => db.sql(`INSERT INTO keys VALUES (?, NULL, zeroblob(?))`).run(id, bytes));
    const { page_count: pages } = db.sql('PRAGMA page_count').get() as { page_count: number };
    db.sql(`PRAGMA max_page_count = ${pages + 20}`).get();
    const [small, large, after] = await Promise.all(
      [save('small', 10), save('large', 1_000_000), save('after', 10)].map(failing),
    );
    expect(large).toBeInstanceOf(CommitUnknown);
    expect(large).toMatchObject({ reason: 'storageFull' });
    const stored = db
      .sql('SELECT owner FROM keys')
      .all()
      .map(({ owner }) => owner);
    for (const [name, error] of [
      ['small', small],
      ['after', after],
    ] as const) {
      // Stored, or told that it is not: SQLite itself decides whether the group goes with it.
      expect([name, stored.includes(name)]).toEqual([name, error === null]);
      if (error !== null) expect(error).toMatchObject({ reason: 'storageFull' });
    }
    db.sql('PRAGMA max_page_count = 1000000').get();
    expect(await failing(save('large', 1_000_000))).toBeNull();
    await db.close();
  });
});

describe('over HTTP', () => {
  test('503, and not ready for a while, until something is written again', async () => {
    const world = await smallWorld();
    const { accept } = world.ledger;
    world.ledger.accept = () => Promise.reject(new CommitUnknown(new Error('full'), 'storageFull'));
    const refused = await world.submit(application());
    expect([...told(refused), refused.headers.get('retry-after')]).toEqual([503, 'storage_full', '30']);
    expect(await ready(world)).toEqual([503, 'storage_full']);
    expect((await world.send('/health/live')).status).toBe(200);
    expect((await world.send('/v1/applications')).status).toBe(200);
    expect(await (await world.request('/metrics')).text()).toContain('jembatan_ledger_storage_full 1\n');
    world.ledger.accept = accept;
    expect((await world.submit(application())).status).toBe(202);
    expect(await ready(world)).toEqual([200, 'ready']);
    await world.close();
  });
});

const disk = folderOf2Mb();
afterAll(() => {
  if (disk === null) return;
  spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(disk === null)('a disk that is really full', () => {
  test('intake is refused, reading goes on; once there is room, so does intake', async () => {
    const ballast = join(disk!, 'ballast');
    writeFileSync(ballast, Buffer.alloc(500_000));
    const world = await smallWorld({ path: join(disk!, 'ledger.db') });
    let sent = await world.submit(application());
    const first = sent.body['id'] as string;
    for (let n = 0; sent.status === 202 && n < 1_000; n += 1) sent = await world.submit(application());
    expect(told(sent)).toEqual([503, 'storage_full']);
    expect(await ready(world)).toEqual([503, 'storage_full']);
    expect((await world.send(`/v1/applications/${first}`)).status).toBe(200);
    expect((await world.send('/v1/applications')).status).toBe(200);
    const stored = await world.count();
    rmSync(ballast);
    const again = application();
    expect((await world.submit(again, 'again')).status).toBe(202);
    expect((await world.submit(again, 'again')).status).toBe(202);
    expect(await world.count()).toBe(stored + 1);
    expect(await ready(world)).toEqual([200, 'ready']);
    await world.close();
  });
});

/** A file system of its own, where this process may make one. */
function folderOf2Mb(): string | null {
  const path = mkdtempSync(join(tmpdir(), 'jembatan-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]);
  if (status === 0) return path;
  rmSync(path, { recursive: true });
  return null;
}
