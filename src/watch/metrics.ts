/** Puts counters around the parts of a bus, and tells them as Prometheus reads them. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Caller } from '../flow/ports/caller.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import type { Log } from '../flow/ports/log.ts';
import type { Queue } from '../flow/ports/queue.ts';
import { countingLog, labelsOf, timedCaller, timedLedger } from './counting.ts';
import { instruments } from './instruments.ts';
import { laneGauges } from './lanes.ts';
import { commitWatch } from './load.ts';

export interface WatchedParts {
  clock: Clock;
  log: Log;
  ledger: DeskLedger;
  caller: Caller;
  queue: Queue;
  /** How late the event loop runs; a bus in virtual time is never late. */
  loopDelayMs?: () => number;
}

/** The parts as the bus uses them from here on, what the HTTP edge asks of the load, and the metrics. */
export function watched(parts: WatchedParts, catalogue: () => Catalogue) {
  const registry = new Registry();
  const metrics = instruments(registry);
  const labels = labelsOf(catalogue);
  const commits = commitWatch(parts.clock);
  const { clock, queue, loopDelayMs = () => 0 } = parts;
  const ledger = timedLedger(parts.ledger, commits, metrics);
  const lanes = laneGauges({ clock, ledger, queue, catalogue }, metrics);
  const read = async (): Promise<string> => {
    metrics.loopDelay.set(loopDelayMs() / 1000);
    metrics.storageFull.set(commits.storageFull() ? 1 : 0);
    await lanes();
    return (await Promise.all([registry, processRegistry()].map((one) => one.metrics()))).join('\n');
  };
  return {
    log: countingLog(parts.log, metrics, labels),
    caller: timedCaller(parts.caller, clock, metrics, labels),
    ledger,
    load: { loopDelayMs, commitMs: commits.ms, storageFull: commits.storageFull },
    watch: {
      began: (of: string) => metrics.inFlight.inc({ class: of }),
      answered(of: string, status: number, ms: number) {
        metrics.inFlight.dec({ class: of });
        metrics.requests.inc({ class: of, status });
        metrics.requestSeconds.observe({ class: of }, ms / 1000);
      },
      shed: (of: string, reason: string) => metrics.shed.inc({ class: of, reason }),
      overQuota: (platform: string) => metrics.overQuota.inc({ platform: labels.platform(platform) }),
      text: atMostOnce(clock, read),
    },
  };
}

/** Memory, garbage, CPU: of the process, however many buses it holds. */
let ofProcess: Registry | null = null;
function processRegistry(): Registry {
  if (!ofProcess) collectDefaultMetrics({ register: (ofProcess = new Registry()) });
  return ofProcess;
}

/** However many scrape at once, one reading answers them all; nobody makes it read more than once a second. */
const SAME_MS = 1_000;

function atMostOnce(clock: Clock, read: () => Promise<string>): () => Promise<string> {
  let reading: Promise<string> | null = null;
  let text = '';
  let readAt = -Infinity;
  return async () => {
    if (clock.now() - readAt < SAME_MS) return text;
    reading ??= read().finally(() => (reading = null));
    text = await reading;
    readAt = clock.now();
    return text;
  };
}
