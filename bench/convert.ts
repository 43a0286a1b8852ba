/** What a conversion costs: request and reply of every example of every shipped adapter, as the exam measures it. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { examine, type Examined } from '../src/adapter-kit/exam/index.ts';
import { micros, systemClock as clock } from '../src/clock.ts';
import { sandboxedAdapter } from '../src/connectors/sandbox/index.ts';
import { loadConnector } from '../src/connectors/load.ts';
import { machine } from './machine.ts';
import { publish, say, table, type Report } from './report.ts';
import type { Options } from './options.ts';

const ADAPTERS = fileURLToPath(new URL('../adapters/', import.meta.url));

interface Cost {
  median: number;
  p99: number;
}

interface Converted {
  adapter: string;
  kind: 'code' | 'yaml';
  examples: number;
  /** In microseconds: request and reply together, as the bus calls a shipped adapter. */
  native: Cost;
  /** The same behind the wall where a stranger's code runs; a connector without code runs on the bus's own side. */
  interpreter: Cost | null;
}

interface ConvertReport extends Report {
  runs: Converted[];
}

export async function convert({ out }: Options): Promise<void> {
  const folders = await readdir(ADAPTERS, { withFileTypes: true });
  const runs: Converted[] = [];
  for (const { name } of folders.filter((one) => one.isDirectory())) {
    runs.push(await measure(name));
    say(`${name} measured`);
  }
  const report: ConvertReport = { kind: 'convert', machine: machine(), runs };
  await publish(out, report, shown(runs));
}

async function measure(name: string): Promise<Converted> {
  const connector = await loadConnector(`${ADAPTERS}${name}`, { clock, as: 'own' });
  const { kind } = connector.folder;
  const native = await costOf(connector);
  let interpreter: Cost | null = null;
  if (kind === 'code') {
    const adapter = await sandboxedAdapter(connector.folder, { clock });
    interpreter = await costOf({ ...connector, adapter });
    await adapter.close();
  }
  await connector.close();
  return { adapter: name, kind, examples: connector.examples.length, native, interpreter };
}

async function costOf(connector: Examined): Promise<Cost> {
  const { speed } = await examine(connector, {
    ...{ clock, interpreter: null, simulator: false, only: ['speed'] },
    host: { micros },
  });
  if (!speed) throw new Error(`Nothing was measured of ${connector.adapter.name}: it has no examples`);
  return { median: speed.median, p99: speed.p99 };
}

function shown(runs: Converted[]): string {
  const cell = (micro: number | undefined): string => (micro === undefined ? '' : micro.toFixed(1));
  return table(
    ['adapter', 'kind', 'examples', 'p50 µs', 'p99 µs', 'interpreter p50 µs', 'p99 µs', 'ratio of p50'],
    runs.map(({ adapter, kind, examples, native, interpreter }) => [
      ...[adapter, kind, examples, cell(native.median), cell(native.p99)],
      ...[cell(interpreter?.median), cell(interpreter?.p99)],
      interpreter ? (interpreter.median / native.median).toFixed(1) : '',
    ]),
  );
}
