/** Each step's faults, one rehearsal each: how the application ends, and whether anything was lost or done twice. */
import { BUS } from '../domain/bus-agency.ts';
import type { FaultKind, StepFault } from './acts.ts';
import { isFinal, type Seen } from './look.ts';
import { rehearse, type Rehearsal, type Rehearsed } from './rehearse.ts';
import type { StageOptions } from './stage.ts';

export interface Failure {
  step: string;
  /** Null: nothing goes wrong. */
  fault: FaultKind | null;
  value?: number;
  state: string;
  code: string | null;
  /** From its acceptance to its end, ms; null when it has none. */
  tookMs: number | null;
  /** What waits for a person: `bill outcomeUnknown`. */
  items: string[];
  lost: number;
  doubled: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What may go wrong with an exchange. */
const OF_EXCHANGES: Partial<Record<FaultKind, number | null>> = {
  ...{ loseReply: null, hang: null, status: 503, tooMany: 30, malformed: null, truncated: null },
  ...{ latency: MINUTE_MS, down: HOUR_MS },
};
/** What may go wrong with what an agency tells. */
const OF_NEWS: Partial<Record<FaultKind, number | null>> = {
  ...{ duplicateNews: null, lateNews: HOUR_MS, newsFirst: null, noNews: 24 * HOUR_MS },
};

/** The good way first, then every fault of every step that sends anything; `told` hears of each as it comes. */
export async function allFailures(
  options: StageOptions & Rehearsal,
  told: (row: Failure) => void,
): Promise<Failure[]> {
  const good = await rehearse(options);
  const rows = [rowOf(good, '-', null)];
  told(rows[0]!);
  for (const fault of faultsOf(good)) {
    const script = [...(options.script ?? []), { act: fault }];
    const row = rowOf(await rehearse({ ...options, script }), fault.step, fault);
    rows.push(row);
    told(row);
  }
  return rows;
}

/** A lost row is one whose application neither ended nor waits for a person by name. */
export const isWell = ({ lost, doubled, state, items }: Failure): boolean =>
  lost === 0 && doubled === 0 && (items.length > 0 || isFinal({ state: state as Seen['state'] }));

function faultsOf({ seen, heard }: Rehearsed): StepFault[] {
  const telling = new Set(heard.map(({ agency }) => agency));
  return seen.flatMap(({ prefix, steps, attempts, events }) => {
    const waited = new Set(
      events.flatMap(({ type, data }) => (type === 'step.waiting' ? [data['step']] : [])),
    );
    return steps
      .filter(({ agency, name }) => agency !== BUS && attempts.some(({ step }) => step === name))
      .flatMap(({ name, agency }) => {
        const kinds = { ...OF_EXCHANGES, ...(waited.has(name) && telling.has(agency) && OF_NEWS) };
        return Object.entries(kinds).map(([kind, value]) => faultOf(prefix + name, kind as FaultKind, value));
      });
  });
}

function faultOf(step: string, kind: FaultKind, value: number | null): StepFault {
  return { is: 'fault', step, kind, times: 1, of: 'send', ...(value !== null && { value }) };
}

function rowOf(rehearsed: Rehearsed, step: string, fault: StepFault | null): Failure {
  const { seen, counts, startedAt, refused } = rehearsed;
  const [first] = seen;
  return {
    step,
    fault: fault?.kind ?? null,
    ...(fault?.value !== undefined && { value: fault.value }),
    state: first?.state ?? 'not taken in',
    code: first?.code ?? refused?.problems[0]?.code ?? null,
    tookMs: first?.endedAt == null ? null : first.endedAt - startedAt,
    items: seen.flatMap(({ prefix, items }) => items.map((one) => `${prefix}${one.step} ${one.kind}`)),
    ...counts,
  };
}
