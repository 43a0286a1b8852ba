/** A wiped Redis with many steps pending: how soon dispatch is back at its plateau, and when the last of them is done. */
import { arrived, pause, resetAgency, startAgency, untilArrived, type Arrived } from './agency.ts';
import { machine } from './machine.ts';
import { HELD_LANE } from './mall.ts';
import type { Options } from './options.ts';
import { publish, say, table, type Report } from './report.ts';
import { seed } from './seed/seed.ts';
import { draw } from './svg.ts';
import { makeStage, startDistributed, withRedis, type Stage, type System } from './systems.ts';
import { serverVersions } from './versions.ts';

interface Wiped {
  workers: number;
  pending: number;
  /** Steps per second before the wipe. */
  plateau: number;
  doneBeforeWipe: number;
  /** From the wipe until a second's worth of steps is 90 % of the plateau again. */
  plateauAfterMs: number | null;
  /** From the wipe until the last of all pending steps was done. */
  doneAfterMs: number | null;
  /** Memory of Redis per bell that it holds. */
  redisBytesPerBell: number;
  /** Steps done per second, second by second, from the start of dispatch. */
  perSecond: number[];
  wipedAtSecond: number;
  lost: number;
  doubled: number;
}

interface WipeReport extends Report {
  runs: Wiped[];
}

/** The plateau is read from what was done until so much of all is done; then comes the wipe. */
const BEFORE = 0.2;
const BACK = 0.9;

export async function wipe(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const agency = await startAgency();
  stack.defer(agency.stop);
  const stage = await makeStage(agency.port);
  stack.defer(stage.remove);
  const { pending } = options;
  const runs: Wiped[] = [];
  for (const [at, workers] of options.workers.entries()) {
    const range = { from: at * pending, to: (at + 1) * pending, of: options.workers.length * pending };
    await seed(stage.mall, { ...range, kind: () => 'ready' });
    say(`${pending} steps pending, ${workers} worker${workers > 1 ? 's' : ''}`);
    const system = await startDistributed(stage, workers);
    try {
      runs.push(await wipeOnce(stage, system, workers, pending, `http://127.0.0.1:${agency.port}`));
    } finally {
      await system.stop();
    }
  }
  const report: WipeReport = { kind: 'wipe', machine: machine(await serverVersions(stage)), runs };
  await publish(options.out, report, textOf(report), chart(report));
}

async function wipeOnce(
  { redis }: Stage,
  system: System,
  workers: number,
  pending: number,
  agency: string,
): Promise<Wiped> {
  const idle = await sizeOf(redis.url);
  await resetAgency(agency);
  await setHeld(system, false);
  await untilArrived(agency, Math.min(pending, 200));
  const full = await sizeOf(redis.url);
  const before = await untilArrived(agency, Math.ceil(pending * BEFORE));
  const wipedAt = Date.now();
  await withRedis(redis.url, (client) => client.flushall());
  const seen = await untilArrived(agency, pending, 30_000);
  // What would come twice comes soon after.
  await pause(1_000);
  const { unique, doubled, lastAt } = await arrived(agency);
  await setHeld(system, true);
  const plateau = plateauOf(before);
  return {
    ...{ workers, pending, plateau, doneBeforeWipe: before.unique },
    plateauAfterMs: backAfter(seen, wipedAt, plateau),
    doneAfterMs: unique < pending ? null : lastAt - wipedAt,
    redisBytesPerBell: Math.round((full.bytes - idle.bytes) / Math.max(1, full.keys - idle.keys)),
    perSecond: bySecond(seen),
    wipedAtSecond: Math.round((wipedAt - seen.beganAt) / 100) / 10,
    ...{ lost: pending - unique, doubled },
  };
}

/** Pauses or resumes the lane in which the pending steps are, as an operator does. */
async function setHeld({ url, key }: System, held: boolean): Promise<void> {
  const act = new URL(`/v1/agencies/${HELD_LANE}/${held ? 'pause' : 'resume'}`, url);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(act, { method: 'POST', headers, body: JSON.stringify({ reason: 'bench' }) });
  if (!answer.ok) throw new Error(`The lane was not ${held ? 'paused' : 'resumed'}: ${await answer.text()}`);
}

function sizeOf(url: string): Promise<{ bytes: number; keys: number }> {
  return withRedis(url, async (redis) => {
    const bytes = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    return { bytes, keys: await redis.dbsize() };
  });
}

/** Steps per second of the later half: the first bells are rung by one sweep. */
function plateauOf({ timeline, bucketMs }: Arrived): number {
  const first = timeline.findIndex((count) => count > 0);
  const busy = timeline.slice(first + Math.floor((timeline.length - first) / 2), -1);
  const done = busy.reduce((sum, count) => sum + count, 0);
  return Math.round(done / Math.max(1, busy.length) / (bucketMs / 1000));
}

/** The first second after the wipe, window by window, that is as good as the plateau. */
function backAfter(
  { timeline, bucketMs, beganAt }: Arrived,
  wipedAt: number,
  plateau: number,
): number | null {
  const window = 1000 / bucketMs;
  const first = Math.ceil((wipedAt - beganAt) / bucketMs);
  for (let at = first; at + window <= timeline.length; at += 1) {
    const done = timeline.slice(at, at + window).reduce((sum, count) => sum + count, 0);
    if (done >= plateau * BACK) return Math.max(0, Math.round(beganAt + at * bucketMs - wipedAt));
  }
  return null;
}

function bySecond({ timeline, bucketMs }: Arrived): number[] {
  const window = 1000 / bucketMs;
  const seconds = Math.ceil(timeline.length / window);
  return Array.from({ length: seconds }, (_, at) =>
    timeline.slice(at * window, (at + 1) * window).reduce((sum, count) => sum + count, 0),
  );
}

function textOf({ runs }: WipeReport): string {
  return table(
    [
      'workers',
      'pending',
      'plateau/s',
      'plateau again after ms',
      'all done after ms',
      'Redis B per bell',
      'lost',
      'doubled',
    ],
    runs.map((one) => [
      ...[one.workers, one.pending, one.plateau, one.plateauAfterMs ?? 'never', one.doneAfterMs ?? 'never'],
      ...[one.redisBytesPerBell, one.lost, one.doubled],
    ]),
  );
}

function chart({ runs, machine: { cores, cpu, at } }: WipeReport): string {
  return draw({
    title: 'A wiped Redis with many steps pending',
    subtitle: `${cores} × ${cpu}, agency on the same cores, ${at.slice(0, 10)}`,
    xLabel: 's since the wipe',
    x: 'linear',
    panels: [
      {
        title: 'Steps brought to their agency',
        yLabel: 'steps / s',
        series: runs.map(({ workers, perSecond, wipedAtSecond }) => ({
          name: `${workers} worker${workers > 1 ? 's' : ''}`,
          points: perSecond.map((count, second) => [second - Math.round(wipedAtSecond), count] as const),
        })),
      },
    ],
  });
}
