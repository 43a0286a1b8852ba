/** Counts what passes: a log, a caller and a ledger that measure and hand on. */
import type { Clock } from '../clock.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import { CommitUnknown } from '../domain/commit-unknown.ts';
import type { Caller } from '../flow/ports/caller.ts';
import type { DeskLedger } from '../flow/ports/ledger-desk.ts';
import type { Log, LogFields } from '../flow/ports/log.ts';
import type { Instruments } from './instruments.ts';
import type { CommitWatch } from './load.ts';

/** Whatever is not on a list is counted under this: a label has as many values as its list, and one. */
const OTHER = 'other';
const OUTCOMES = new Set(['ok', 'refused', 'sendBack', 'pending', 'retry', 'unknown', 'away']);
const ERRORS = new Set([
  ...['request.failed', 'hosted.failed', 'stream.failed', 'bell.failed', 'recover.failed'],
  ...['step.unmappable', 'result.unmappable', 'news.failed'],
]);

const among = (known: ReadonlySet<string>, value: unknown): string =>
  typeof value === 'string' && known.has(value) ? value : OTHER;

/** The ids that may stand in a label, for as long as the catalogue is the same. */
export function labelsOf(catalogue: () => Catalogue): {
  agency(id: unknown): string;
  platform(id: unknown): string;
} {
  let read: Catalogue | null = null;
  let agencies: ReadonlySet<string> = new Set();
  let platforms: ReadonlySet<string> = new Set();
  const fresh = (): void => {
    const now = catalogue();
    if (now === read) return;
    read = now;
    agencies = new Set(now.agencies.map(({ id }) => id));
    platforms = new Set(now.platforms.map(({ id }) => id));
  };
  return {
    agency: (id) => (fresh(), among(agencies, id)),
    platform: (id) => (fresh(), among(platforms, id)),
  };
}

type Labels = ReturnType<typeof labelsOf>;

/** What the flow says of its work is what is counted: nothing is reported twice. */
export function countingLog(
  log: Log,
  { settled, accepted, callbacks, errors }: Instruments,
  of: Labels,
): Log {
  const counted: Record<string, (fields: LogFields) => void> = {
    'application.accepted': ({ platform }) => accepted.inc({ platform: of.platform(platform) }),
    'step.settled': ({ agency, outcome }) =>
      settled.inc({ agency: of.agency(agency), outcome: among(OUTCOMES, outcome) }),
    'callback.batch': ({ events, code }) => {
      // A batch ends at its first failure, which is its last event.
      const failed = code == null ? 0 : 1;
      callbacks.inc({ result: 'delivered' }, Math.max(0, Number(events) - failed));
      callbacks.inc({ result: 'failed' }, failed);
    },
    'callback.stopped': () => callbacks.inc({ result: 'stopped' }),
  };
  const count = (event: string, fields: LogFields = {}): void => {
    if (Object.hasOwn(counted, event)) counted[event]!(fields);
  };
  return {
    info: (event, fields) => (count(event, fields), log.info(event, fields)),
    warn: (event, fields) => (count(event, fields), log.warn(event, fields)),
    error(event, fields) {
      errors.inc({ event: among(ERRORS, event) });
      count(event, fields);
      log.error(event, fields);
    },
  };
}

export function timedCaller(
  caller: Caller,
  clock: Clock,
  { attemptSeconds }: Instruments,
  of: Labels,
): Caller {
  return {
    ...caller,
    async exchange(exchange) {
      const began = clock.now();
      try {
        return await caller.exchange(exchange);
      } finally {
        attemptSeconds.observe({ agency: of.agency(exchange.agency.id) }, seconds(clock.now() - began));
      }
    },
  };
}

/** Times the verbs that every application and every answer waits for. */
export function timedLedger(
  ledger: DeskLedger,
  commits: CommitWatch,
  { commitSeconds }: Instruments,
): DeskLedger {
  const timed = <A extends unknown[], T>(
    verb: string,
    work: (...args: A) => Promise<T>,
    wrote: (result: T) => boolean,
  ) => {
    return async (...args: A): Promise<T> => {
      const ended = commits.began();
      const observe = (how: Parameters<typeof ended>[0]): void =>
        commitSeconds.observe({ verb }, seconds(ended(how)));
      try {
        const result = await work(...args);
        observe(wrote(result) ? 'written' : 'read');
        return result;
      } catch (error) {
        observe(error instanceof CommitUnknown && error.reason === 'storageFull' ? 'full' : 'failed');
        throw error;
      }
    };
  };
  // Every other verb stays the ledger's own.
  return Object.assign(Object.create(ledger) as DeskLedger, {
    accept: timed(
      'accept',
      (acceptance) => ledger.accept(acceptance),
      ({ is }) => is === 'accepted',
    ),
    record: timed(
      'record',
      (change) => ledger.record(change),
      ({ is }) => is === 'done',
    ),
    saveDocument: timed(
      'saveDocument',
      (document) => ledger.saveDocument(document),
      () => true,
    ),
  } satisfies Partial<DeskLedger>);
}

const seconds = (ms: number): number => Math.max(0, ms) / 1000;
