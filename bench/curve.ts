/** The cost curve: rate and p99 with ever more open applications in the ledger, and what each of them takes. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startAgency } from './agency.ts';
import { machine } from './machine.ts';
import { makeMall, type Mall } from './mall.ts';
import { closed, open, type Measured, type Closed, type Spread } from './measure.ts';
import type { Edition, Options } from './options.ts';
import { median } from './quantile.ts';
import { publish, say, table, type Report } from './report.ts';
import { query } from './seed/postgres.ts';
import { seed } from './seed/seed.ts';
import { draw, type Panel } from './svg.ts';
import { makeStage, startDistributed, startEmbedded, withRedis, type Stage, type System } from './systems.ts';
import { serverVersions } from './versions.ts';

interface Point {
  edition: Edition;
  /** Worker processes; 0 where one process does all. */
  workers: number;
  openApplications: number;
  /** From the command to the open door, ms. */
  startMs: number;
  acceptedPerSecond: number;
  endToEndPerSecond: number;
  /** At half of the rate end to end, paced. */
  acceptMs: Spread;
  endToEndMs: Spread;
  ledgerBytesEach: number;
  redisBytesEach: number | null;
  lost: number;
  doubled: number;
}

interface Curve extends Report {
  sizes: Pick<Options, 'n' | 'rounds' | 'connections' | 'seconds'>;
  points: Point[];
  /** Rate with the most open applications, divided by that with the fewest. */
  ratios: Record<string, number>;
}

/** One edition, ready to be filled and started. */
interface Subject {
  edition: Edition;
  mall: Mall;
  workers: number[];
  start(workers: number): Promise<System>;
  ledgerBytes(): Promise<number>;
  redisBytes(): Promise<number | null>;
}

export async function curve(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const agency = await startAgency();
  stack.defer(agency.stop);
  const points: Point[] = [];
  let versions = {};
  for (const edition of options.editions) {
    await using own = new AsyncDisposableStack();
    let stage: Stage | null = null;
    if (edition === 'distributed') {
      own.defer((stage = await makeStage(agency.port)).remove);
      versions = await serverVersions(stage);
    }
    const mall = stage?.mall ?? (await makeMall(agency.port));
    if (!stage) own.defer(mall.remove);
    const subject = stage ? distributed(stage, options.workers) : embedded(mall);
    points.push(...(await pointsOf(subject, options, `http://127.0.0.1:${agency.port}`)));
  }
  const { n, rounds, connections, seconds } = options;
  const report: Curve = {
    kind: 'curve',
    machine: machine(versions),
    sizes: { n, rounds, connections, seconds },
    points,
    ratios: ratiosOf(points),
  };
  await publish(options.out, report, textOf(report), chart(report));
}

function embedded(mall: Mall): Subject {
  const ledgerBytes = async (): Promise<number> => (await stat(join(mall.folder, 'data', 'ledger.db'))).size;
  const start = (): Promise<System> => startEmbedded(mall);
  return { edition: 'embedded', mall, workers: [0], start, ledgerBytes, redisBytes: async () => null };
}

function distributed(stage: Stage, workers: number[]): Subject {
  const size = 'SELECT pg_database_size(current_database()) AS bytes';
  const used = (): Promise<number> =>
    withRedis(stage.redis.url, async (redis) =>
      Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]),
    );
  return {
    ...{ edition: 'distributed', mall: stage.mall, workers },
    start: (some) => startDistributed(stage, some),
    ledgerBytes: async () => Number((await query<{ bytes: string }>(stage.postgres.url, size))[0]!.bytes),
    redisBytes: used,
  };
}

async function pointsOf(subject: Subject, options: Options, agency: string): Promise<Point[]> {
  const points: Point[] = [];
  const empty = { ledger: await subject.ledgerBytes(), redis: (await subject.redisBytes()) ?? 0 };
  let seeded = 0;
  for (const size of options.sizes) {
    const took = await seed(subject.mall, { from: seeded, to: size, of: options.sizes.at(-1)! });
    say(
      `${subject.edition}: ${size} open applications, ${size - seeded} seeded in ${Math.round(took / 1000)} s`,
    );
    seeded = size;
    const ledgerBytesEach = Math.round(((await subject.ledgerBytes()) - empty.ledger) / size);
    for (const workers of subject.workers) {
      const measured = await pointOf(subject, workers, options, agency);
      const redis = measured.redisBytes;
      const redisBytesEach = redis === null ? null : Math.max(0, Math.round((redis - empty.redis) / size));
      const { redisBytes: _, ...rest } = measured;
      points.push({
        edition: subject.edition,
        workers,
        openApplications: size,
        ledgerBytesEach,
        redisBytesEach,
        ...rest,
      });
      tell(points.at(-1)!);
    }
  }
  return points;
}

async function pointOf(subject: Subject, workers: number, options: Options, agency: string) {
  const { n, rounds, connections, seconds } = options;
  const began = performance.now();
  const system = await subject.start(workers);
  try {
    const startMs = Math.round(performance.now() - began);
    const runs: Measured<Closed>[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const one = await closed(system, agency, n, connections);
      if (round > 0) runs.push(one);
    }
    const endToEndPerSecond = median(runs.map((one) => one.endToEndPerSecond));
    const half = await open(system, agency, endToEndPerSecond / 2, seconds);
    const all = [...runs, half];
    return {
      ...{ startMs, endToEndPerSecond, acceptMs: half.accept, endToEndMs: half.endToEnd },
      acceptedPerSecond: median(runs.map((one) => one.acceptedPerSecond)),
      lost: all.reduce((sum, { lost }) => sum + lost, 0),
      doubled: all.reduce((sum, { doubled }) => sum + doubled, 0),
      redisBytes: await subject.redisBytes(),
    };
  } finally {
    await system.stop();
  }
}

const nameOf = ({ edition, workers }: Point): string =>
  edition === 'embedded'
    ? 'embedded (SQLite)'
    : `PostgreSQL, BullMQ: 1 api + ${workers} worker${workers > 1 ? 's' : ''}`;

function tell(point: Point): void {
  const { endToEndPerSecond, acceptMs, startMs } = point;
  say(
    `  ${nameOf(point)}: ${endToEndPerSecond}/s, p99 of a 202 ${acceptMs.p99} ms, started in ${startMs} ms`,
  );
}

function ratiosOf(points: Point[]): Record<string, number> {
  const names = [...new Set(points.map(nameOf))];
  const ratio = (name: string): number => {
    const own = points.filter((point) => nameOf(point) === name);
    return Math.round((own.at(-1)!.endToEndPerSecond / own[0]!.endToEndPerSecond) * 100) / 100;
  };
  return Object.fromEntries(names.map((name) => [name, ratio(name)]));
}

function textOf({ points, ratios }: Curve): string {
  const rows = table(
    [
      'edition',
      'open',
      'end to end/s',
      '202 p50 / p99 ms',
      'end to end p50 / p99 ms',
      'start ms',
      'ledger B each',
      'Redis B each',
      'lost',
      'doubled',
    ],
    points.map((point) => [
      ...[nameOf(point), point.openApplications, point.endToEndPerSecond],
      ...[
        `${point.acceptMs.p50} / ${point.acceptMs.p99}`,
        `${point.endToEndMs.p50} / ${point.endToEndMs.p99}`,
      ],
      ...[point.startMs, point.ledgerBytesEach, point.redisBytesEach ?? '-', point.lost, point.doubled],
    ]),
  );
  return `${rows}\n\n${table(['end to end/s, the most open / the fewest', 'ratio'], Object.entries(ratios))}`;
}

function chart({ points, machine: { cores, cpu, at } }: Curve): string {
  const names = [...new Set(points.map(nameOf))];
  const panel = (title: string, yLabel: string, read: (point: Point) => number): Panel => {
    const series = names.map((name) => {
      const own = points.filter((point) => nameOf(point) === name);
      return { name, points: own.map((point) => [point.openApplications, read(point)] as const) };
    });
    return { title, yLabel, series };
  };
  return draw({
    title: 'What open applications cost',
    subtitle: `${cores} × ${cpu}, load generator and agency on the same cores, ${at.slice(0, 10)}`,
    xLabel: 'open applications in the ledger',
    x: 'log',
    panels: [
      panel('Brought to their agency', 'applications / s', (point) => point.endToEndPerSecond),
      panel('p99 of a 202, at half of that rate', 'ms', (point) => point.acceptMs.p99),
      panel('p99 from sent to the agency, at half of that rate', 'ms', (point) => point.endToEndMs.p99),
    ],
  });
}
