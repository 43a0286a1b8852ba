/** Rows about PostgreSQL: crashed, cut off, locked, in deadlock, out of places, half migrated. */
import { Client } from 'pg';
import { setTimeout } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { fill, noDisk } from '../disk.ts';
import type { Mall } from '../mall.ts';
import type { Row, Stage } from '../row.ts';
import { spawnBus } from '../../journeys/bus-process.ts';

/** Beside every link, as an administrator would. */
async function atPostgres<T>({ postgres }: Mall, act: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgres!.url, application_name: 'faults' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const OTHERS = "FROM pg_stat_activity WHERE application_name <> 'faults' AND backend_type = 'client backend'";

/** Stopped at once, as by a crash, and started again; between, some connections are ended one by one. */
async function crash(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(100, 1000));
    stage.inject();
    if (n % 3 !== 2) {
      await mall.postgres!.signal('SIGQUIT');
      await pause(between(0, 1500));
      await mall.postgres!.start();
    } else {
      await atPostgres(mall, (client) =>
        client.query(`SELECT pg_terminate_backend(pid) ${OTHERS} AND random() < 0.7`),
      );
    }
    await stage.survive({ effects: true });
  }
}

/** Tables locked by a stranger; a backend that stands still. */
async function locked(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause, chance } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 800));
    stage.inject();
    const ms = between(1000, 8000);
    if (n % 2 === 0) {
      await atPostgres(mall, async (client) => {
        const { rows } = await client.query<{ name: string }>(
          "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND nspname !~ '^(pg_|information_schema)' AND NOT relispartition",
        );
        const { name } = rows[Math.floor(chance() * rows.length)]!;
        await client.query('BEGIN');
        await client.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
        await setTimeout(ms);
        await client.query('ROLLBACK');
      });
    } else {
      const pid = await atPostgres(mall, async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          `SELECT pid ${OTHERS} ORDER BY random() LIMIT 1`,
        );
        return rows[0]?.pid;
      });
      if (pid !== undefined) {
        process.kill(pid, 'SIGSTOP');
        await pause(ms);
        process.kill(pid, 'SIGCONT');
      }
    }
    await stage.survive({ effects: true });
  }
}

/** Every place that is left is taken by strangers, who stay for a while. */
async function full(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 800));
    stage.inject();
    if (n % 2 === 1)
      await atPostgres(mall, (client) => client.query(`SELECT pg_terminate_backend(pid) ${OTHERS}`));
    const strangers: Client[] = [];
    for (let refused = false; !refused && strangers.length < 100;) {
      const client = new Client({ connectionString: mall.postgres!.url, application_name: 'faults' });
      client.on('error', () => undefined);
      await client.connect().then(
        () => strangers.push(client),
        () => (refused = true),
      );
    }
    await pause(between(500, 4000));
    await Promise.all(strangers.map((client) => client.end().catch(() => undefined)));
    await stage.survive({ effects: true });
  }
}

const LEASED = 'SELECT application_id AS id FROM steps WHERE lease_until IS NOT NULL LIMIT 30 FOR UPDATE';

/** A stranger takes steps under way and then their applications, in this order, as the bus never does; the bus gives way. */
async function deadlocks(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (const office of Object.values(mall.offices)) office.mood = { late: () => between(10, 60) };
  const until = Date.now() + rounds * 2_000;
  await atPostgres(mall, async (client) => {
    // Whoever has waited this long looks for a deadlock and is its victim: the stranger is patient.
    await client.query("SET deadlock_timeout = '2s'");
    while (Date.now() < until) {
      await client.query('BEGIN');
      const { rows } = await client.query<{ id: string }>(LEASED);
      await pause(between(20, 50));
      const ids = rows.map(({ id }) => id);
      await client
        .query('SELECT 1 FROM applications WHERE id = ANY ($1) FOR UPDATE', [ids])
        .catch(() => undefined);
      await client.query('ROLLBACK');
      await pause(between(1, 30));
    }
  });
  await pause(1000);
  const found = await brokenDeadlocks(mall);
  for (let n = 0; n < found; n += 1) stage.inject();
  if (found === 0) stage.problem('no deadlock came about: nothing was proved');
  await stage.survive({ effects: true });
  stage.survivedAll();
}

async function brokenDeadlocks(mall: Mall): Promise<number> {
  return atPostgres(mall, async (client) => {
    const { rows } = await client.query<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0]!.deadlocks);
  });
}

/** The server's disk is full: it may die of it, and is started again when there is room. */
async function diskFull(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(300, 1000));
    stage.inject();
    const room = await fill(mall.disk!);
    await pause(between(3000, 6000));
    const live = await fetch(`${mall.api()}/health/live`).then(
      ({ status }) => status,
      () => 0,
    );
    if (live !== 200) stage.problem(`/health/live says ${live} on a full disk`);
    await room.free();
    await mall.postgres!.signal('SIGQUIT');
    await mall.postgres!.start();
    await stage.survive({ effects: true });
  }
}

/** Migrating an empty database is killed at any moment; run again, it ends well and comes to the same schema. */
async function migrateKilled(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  const right = dump(mall, 'postgres');
  for (let n = 0; n < rounds; n += 1) {
    const name = `half_${n}`;
    await atPostgres(mall, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(mall.postgres!.url);
    url.pathname = `/${name}`;
    const settings = { ...mall.settings, JEMBATAN_LEDGER: url.href };
    for (let kills = between(1, 4); kills > 0; kills -= 1) {
      const migrating = spawnBus(settings, ['src/cli.ts', 'migrate']);
      const ended = migrating.ended.then(() => true);
      if (await Promise.race([ended, pause(between(200, 900)).then(() => false)])) break;
      migrating.signal('SIGKILL');
      await ended;
    }
    stage.inject();
    const { code, output } = await mall.command('migrate', settings);
    if (code !== 0) stage.problem(`migrate after a kill ends with ${code}: ${output.slice(-300)}`);
    else if (dump(mall, name) !== right)
      stage.problem(`migrate after a kill came to another schema (${name})`);
    await stage.survive();
  }
}

function dump({ postgres }: Mall, database: string): string {
  const url = new URL(postgres!.url);
  url.pathname = `/${database}`;
  const { stdout } = spawnSync('pg_dump', ['--schema-only', '--no-owner', url.href], { encoding: 'utf8' });
  // Each dump has a token of its own, and partitions may be of the day they were made.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

const edition = 'distributed';

export const postgresRows: Row[] = [
  {
    id: 'F12',
    fault: 'PostgreSQL crashes; connections ended',
    mall: { edition },
    rounds: { full: 30, smoke: 3 },
    run: crash,
  },
  {
    id: 'F13',
    fault: 'a table locked; a backend that stands still',
    mall: { edition },
    rounds: { full: 12, smoke: 2 },
    run: locked,
  },
  {
    id: 'F13',
    fault: 'no connection left',
    mall: { edition, postgres: { max_connections: '40' } },
    rounds: { full: 16, smoke: 0 },
    run: full,
  },
  {
    id: 'F14',
    fault: 'deadlocks',
    mall: { edition, postgres: { deadlock_timeout: '100ms' } },
    rounds: { full: 20, smoke: 0 },
    run: deadlocks,
  },
  {
    id: 'F17',
    fault: "PostgreSQL's disk full",
    mall: { edition, disk: 180 },
    rounds: { full: 8, smoke: 0 },
    cannot: noDisk,
    run: diskFull,
  },
  {
    id: 'F32',
    fault: 'migrate killed half-way',
    mall: { edition },
    rounds: { full: 20, smoke: 2 },
    run: migrateKilled,
  },
];
