/** Rows about Redis: away, wiped, slow, taken over by another. Intake must not notice. */
import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { spawnBus } from '../../journeys/bus-process.ts';
import { startRedis } from '../../support/servers.ts';
import { ENTRY, type Bus } from '../bus.ts';
import type { Mall } from '../mall.ts';
import type { Row, Stage } from '../row.ts';

const AWAY_MS = 20_000;

/** Runs commands past every link. */
async function atRedis<T>({ redis }: Mall, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis!.port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await act(client);
  } finally {
    client.disconnect();
  }
}

/** Applications are taken while Redis is away; effects go on once it is back. */
async function takenMeanwhile(stage: Stage, withinMs = 10_000): Promise<void> {
  const { load, pause } = stage;
  const before = load.taken.length;
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(10))
    if (load.taken.length > before) return;
  stage.problem(`no application was taken for ${withinMs} ms without Redis`);
}

/** Stopped for 20 s; a bus process that is started meanwhile says so and ends. */
async function away(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(100, 1500));
    stage.inject();
    await mall.redis!.signal(n % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    await takenMeanwhile(stage);
    const gone = n % 2 === 0 ? [mall.apis[1]!, mall.workers[0]!] : [];
    for (const bus of gone) {
      await bus.end('SIGKILL');
      await refusedToStart(stage, bus);
    }
    await pause(AWAY_MS);
    await takenMeanwhile(stage);
    await mall.redis!.start();
    await Promise.all(gone.map((bus) => bus.start()));
    await stage.survive({ effects: true });
  }
}

/** One line that names the setting, and an end: a supervisor tries again, and the processes that run go on. */
async function refusedToStart(stage: Stage, { name, settings }: Bus): Promise<void> {
  const started = spawnBus(settings, [ENTRY]);
  const { code } = await started.ended;
  if (code === 0 || !started.output().includes('JEMBATAN_QUEUE'))
    stage.problem(`${name} started without Redis ended with ${code}: ${started.output().slice(-200)}`);
}

/** All bells are gone, or the last ones: a crash with its file lost or torn, or a slip of the hand. */
async function wiped(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 2000));
    stage.inject();
    if (n % 3 === 1) await atRedis(mall, (client) => client.flushall());
    else {
      await mall.redis!.signal('SIGKILL');
      const { folder } = mall.redis!;
      const files = await readdir(folder, { recursive: true });
      if (n % 3 === 0)
        for (const name of files) await rm(join(folder, name), { recursive: true, force: true });
      else
        for (const name of files.filter((one) => one.endsWith('.incr.aof')))
          await tear(join(folder, name), between(1, 2000));
      await mall.redis!.start();
    }
    await stage.survive({ effects: true });
  }
}

/** Its last bytes never reached the disk. */
async function tear(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path);
  await truncate(path, Math.max(0, size - bytes));
}

/** It answers nobody for a while. */
async function slow(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 1000));
    stage.inject();
    const ms = between(1000, 10_000);
    const stall = atRedis(mall, (client) =>
      n % 2 === 0
        ? client.call('DEBUG', 'SLEEP', String(ms / 1000))
        : client.call('CLIENT', 'PAUSE', String(ms), 'ALL'),
    );
    await takenMeanwhile(stage);
    await stall;
    await pause(n % 2 === 0 ? 0 : ms);
    await stage.survive({ effects: true });
  }
}

/** It becomes the empty replica of another, refuses every write, and comes back as a primary that forgot all. */
async function failover(stage: Stage): Promise<void> {
  const { mall, rounds, between, pause } = stage;
  const other = await startRedis();
  for (let n = 0; n < rounds; n += 1) {
    await pause(between(200, 2000));
    stage.inject();
    await atRedis(mall, (client) => client.replicaof('127.0.0.1', other.port));
    await takenMeanwhile(stage);
    await pause(between(500, 5000));
    await atRedis(mall, (client) => client.call('REPLICAOF', 'NO', 'ONE'));
    await stage.survive({ effects: true });
  }
  await other.remove();
}

const redisMall = { edition: 'distributed', redis: ['--enable-debug-command', 'local'] } as const;

export const redisRows: Row[] = [
  {
    id: 'F7',
    fault: 'Redis away for 20 s; processes started without it',
    mall: { edition: 'distributed', apis: 2 },
    rounds: { full: 4, smoke: 1 },
    run: away,
  },
  {
    id: 'F8',
    fault: 'Redis wiped: file lost, FLUSHALL, file torn',
    mall: { edition: 'distributed' },
    rounds: { full: 30, smoke: 2 },
    run: wiped,
  },
  {
    id: 'F9',
    fault: 'Redis answers nobody for seconds',
    mall: { ...redisMall, redis: [...redisMall.redis] },
    rounds: { full: 12, smoke: 0 },
    run: slow,
  },
  {
    id: 'F11',
    fault: 'Redis fails over to an empty one (READONLY)',
    mall: { edition: 'distributed' },
    rounds: { full: 12, smoke: 0 },
    run: failover,
  },
];
