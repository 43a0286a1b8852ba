/** What comes through when more arrives than can be carried, how the rest is turned away, and how soon all is well again. */
import { startAgency } from './agency.ts';
import { machine } from './machine.ts';
import { makeMall } from './mall.ts';
import { closed, open, type Measured, type Open } from './measure.ts';
import type { Edition, Options } from './options.ts';
import { median } from './quantile.ts';
import { publish, say, table, type Report } from './report.ts';
import { draw, type Panel } from './svg.ts';
import { makeStage, startDistributed, startEmbedded, type System } from './systems.ts';
import { serverVersions } from './versions.ts';

interface Strained {
  edition: Edition;
  /** End to end per second in closed runs. */
  plateau: number;
  half: Measured<Open>;
  loads: (Measured<Open> & { multiple: number; goodput: number })[];
}

interface Overload extends Report {
  sizes: Pick<Options, 'n' | 'rounds' | 'connections' | 'seconds'>;
  editions: Strained[];
}

export async function overload(options: Options): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const agency = await startAgency();
  stack.defer(agency.stop);
  const editions: Strained[] = [];
  let versions = {};
  for (const edition of options.editions) {
    await using own = new AsyncDisposableStack();
    let system: System;
    if (edition === 'embedded') {
      const mall = await makeMall(agency.port);
      own.defer(mall.remove);
      system = await startEmbedded(mall);
    } else {
      const stage = await makeStage(agency.port);
      own.defer(stage.remove);
      versions = await serverVersions(stage);
      system = await startDistributed(stage, options.workers[0]!);
    }
    own.defer(system.stop);
    editions.push(await strain(edition, system, options, `http://127.0.0.1:${agency.port}`));
  }
  const { n, rounds, connections, seconds } = options;
  const sizes = { n, rounds, connections, seconds };
  const report: Overload = { kind: 'overload', machine: machine(versions), sizes, editions };
  await publish(options.out, report, textOf(report), chart(report));
}

async function strain(edition: Edition, system: System, options: Options, agency: string): Promise<Strained> {
  const { n, rounds, connections, seconds, multiples } = options;
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const { endToEndPerSecond } = await closed(system, agency, n, connections);
    if (round > 0) rates.push(endToEndPerSecond);
  }
  const plateau = median(rates);
  say(`${edition}: plateau ${plateau}/s`);
  const half = await open(system, agency, plateau / 2, seconds);
  const loads: Strained['loads'] = [];
  for (const multiple of multiples) {
    const measured = await open(system, agency, plateau * multiple, seconds);
    const goodput = Math.round((measured.donePerSecond / plateau) * 100) / 100;
    loads.push({ multiple, goodput, ...measured });
  }
  return { edition, plateau, half, loads };
}

const HEAD = [
  ...[
    'load',
    'sent/s',
    'accepted/s',
    'done/s',
    'of plateau',
    '202 p50 / p99 ms',
    'shed',
    'shed p99 ms',
    'Retry-After',
  ],
  ...['failed', 'unsent', 'calm after ms', 'drained after ms', 'lost', 'doubled'],
];

function textOf({ editions }: Overload): string {
  const parts = editions.map(({ edition, plateau, half, loads }) => {
    const all = [{ multiple: 0.5, goodput: half.donePerSecond / plateau, ...half }, ...loads];
    const rows = all.map((one) => [
      ...[`${one.multiple} ×`, one.rate, one.acceptedPerSecond, one.donePerSecond, one.goodput.toFixed(2)],
      ...[`${one.accept.p50} / ${one.accept.p99}`, one.shed, one.shedMs.p99, one.withRetryAfter, one.failed],
      ...[one.unsent, one.calmAfterMs ?? 'never', one.drainedAfterMs ?? 'never', one.lost, one.doubled],
    ]);
    return `The ${edition} edition, plateau ${plateau}/s; done is what the agency got while the load lasted.\n\n${table(HEAD, rows)}`;
  });
  return parts.join('\n\n');
}

function chart({ editions, machine: { cores, cpu, at } }: Overload): string {
  const panel = (title: string, yLabel: string, read: (load: Open) => number): Panel => ({
    ...{ title, yLabel },
    series: editions.map(({ edition, half, loads }) => ({
      name: edition,
      points: [[0.5, read(half)] as const, ...loads.map((load) => [load.multiple, read(load)] as const)],
    })),
  });
  return draw({
    title: 'What comes through under overload',
    subtitle: `${cores} × ${cpu}, load generator and agency on the same cores, ${at.slice(0, 10)}`,
    xLabel: 'arrivals, times the plateau',
    x: 'log',
    panels: [
      panel('Brought to their agency while the load lasts', 'applications / s', (load) => load.donePerSecond),
      panel('Accepted', 'applications / s', (load) => load.acceptedPerSecond),
      panel('p99 of a 202, from the instant it was to be sent', 'ms', (load) => load.accept.p99),
    ],
  });
}
