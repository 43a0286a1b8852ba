/** A rehearsal as lines for a person: what happened when, and how it ended. */
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { isoTime } from '../flow/flow.ts';
import type { AttemptRow } from '../flow/ports/ledger.ts';
import type { Mask } from '../privacy/mask.ts';
import { titleOf } from './acts.ts';
import type { Seen, Whole } from './look.ts';
import type { Rehearsed } from './rehearse.ts';
import { spanOf, stamper } from './times.ts';

/** One thing that happened. */
export interface Entry {
  at: number;
  /** Of several at one instant: smaller goes first. */
  rank: number;
  text: string;
  step?: string;
  /** Says that something begins: what was sent for it comes after. */
  begins?: true;
}

export function entriesOf(rehearsed: Rehearsed, mask: Mask): Entry[] {
  const { seen, done, struck, heard, noted } = rehearsed;
  const entries: Entry[] = [
    ...done
      .filter(({ item }) => item.act.is !== 'fault')
      .map(({ at, item, refused }) => {
        const text = `* ${titleOf(item.act)}${refused === null ? '' : `: refused, ${refused}`}`;
        return { at, rank: 0, text: mask(text) };
      }),
    ...struck.map(({ at, step, kind }) => ({ at, rank: 1, step, text: `! ${step}: ${kind}` })),
    ...heard.map(({ at, agency, path, status }) => {
      const answer = status === null ? 'lost on its way' : `answered ${status}`;
      return { at, rank: 2, text: `${agency} tells ${path.split('?')[0]}: ${answer}` };
    }),
    ...seen.flatMap((one) => eventEntries(one, mask)),
    ...seen.flatMap(({ prefix, told }) =>
      told.map(({ at, code, en }) => ({
        at,
        rank: TOLD,
        text: mask(`${prefix}the citizen is told (${code}): ${en}`),
      })),
    ),
    ...noted.map(({ at, step, text, shown }) => {
      const what = shown ? `${text} ${mask(plain(shown))}` : text;
      return { at, rank: 4, step, text: `${step}: ${what}` };
    }),
  ];
  const sorted = entries.toSorted((a, b) => a.at - b.at || a.rank - b.rank);
  for (const entry of seen.flatMap(attemptEntries)) sorted.splice(placeOf(entry, sorted), 0, entry);
  return sorted;
}

function eventEntries({ prefix, events }: Seen, mask: Mask): Entry[] {
  return events.map(({ at, type, data }) => {
    const step = typeof data['step'] === 'string' ? prefix + data['step'] : undefined;
    const text = mask(eventText(type, data, prefix));
    const begins = type === 'step.compensating' && { begins: true as const };
    return { at, rank: 3, text, ...(step !== undefined && { step }), ...begins };
  });
}

/** Fields that repeat what the line says already, or that are nobody's to read. */
const QUIET = new Set(['step', 'operation', 'state', 'from', 'reasonHash', 'code', 'by']);

function eventText(type: string, fields: JsonObject, prefix: string): string {
  const { step, state, from, code } = fields as Record<string, string | undefined>;
  const why = code === undefined ? '' : ` ${code}`;
  const rest = Object.entries(fields).filter(([name]) => !QUIET.has(name));
  const more = rest.length > 0 ? ` (${plain(Object.fromEntries(rest))})` : '';
  if (type === 'application.status.changed') return `${prefix}application: ${from} → ${state}${why}`;
  if (type.startsWith('step.')) return `${prefix}${step}: ${type.slice('step.'.length)}${why}${more}`;
  const of = step === undefined ? '' : ` of ${prefix}${step}`;
  return `${prefix}${type.replace(/^application\./, 'application ')}${of}${why}${more}`;
}

function attemptEntries({ prefix, attempts, steps }: Whole): Entry[] {
  return runsOf(attempts).map(({ first, last, times }) => {
    const { step, round, number, kind, outcome, code, status } = first;
    const agency = steps.find(({ name }) => name === step)?.agency ?? '';
    const which = times > 1 ? `${number} to ${last.number}` : String(number);
    const said = [outcome ?? 'under way', code, status === null ? null : `HTTP ${status}`].filter(Boolean);
    const [at, ends] = [Date.parse(first.at), Date.parse(last.endedAt ?? last.at)];
    const lasted = ends > at ? `, ${times > 1 ? 'over' : 'after'} ${spanOf(ends - at)}` : '';
    const ofRound = round > 1 ? ` of round ${round}` : '';
    const text = `${prefix}${step}: ${kind} ${which}${ofRound} to ${agency}: ${said.join(' ')}${lasted}`;
    return { at: ends, rank: ATTEMPT, step: prefix + step, text };
  });
}

interface Run {
  first: AttemptRow;
  last: AttemptRow;
  times: number;
}

/** Fewer of a kind are told one by one. */
const FEWEST_OF_A_RUN = 4;

/** Attempts that follow each other and went the same way, put together; what only led to the next is left out. */
function runsOf(attempts: AttemptRow[]): Run[] {
  const runs: AttemptRow[][] = [];
  const alike = (one: AttemptRow): string =>
    [one.step, one.round, one.kind, one.outcome, one.code, one.status].join();
  for (const step of new Set(attempts.map((one) => one.step)))
    for (const attempt of attempts.filter((one) => one.step === step && one.outcome !== 'more')) {
      const run = runs.at(-1);
      if (run && alike(run[0]!) === alike(attempt)) run.push(attempt);
      else runs.push([attempt]);
    }
  return runs.flatMap((run) => {
    if (run.length >= FEWEST_OF_A_RUN) return [{ first: run[0]!, last: run.at(-1)!, times: run.length }];
    return run.map((one) => ({ first: one, last: one, times: 1 }));
  });
}

const ATTEMPT = 2.5;
const TOLD = 5;

/** Before what it brought about: the first word of its step at that instant. */
function placeOf({ at, step }: Entry, sorted: Entry[]): number {
  const cause = sorted.findIndex(
    (one) => one.at === at && one.step === step && one.rank > ATTEMPT && !one.begins,
  );
  if (cause >= 0) return cause;
  const later = sorted.findIndex((one) => one.at > at);
  return later < 0 ? sorted.length : later;
}

/** `name=value, name=value`. */
export function plain(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, one]) => `${name}=${word(one)}`)
    .join(', ');
}

function word(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As events bear them. */
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\b/g;

export function timelineLines(rehearsed: Rehearsed, mask: Mask): string[] {
  const { startedAt, seen } = rehearsed;
  const stamp = stamper(seen[0]?.zone ?? 'Asia/Jakarta');
  let last = '';
  const local = (text: string): string => text.replaceAll(INSTANT, (one) => stamp(Date.parse(one)));
  return entriesOf(rehearsed, mask).map(({ at, text }) => {
    const time = `${stamp(at)}  ${`+${spanOf(Math.max(0, at - startedAt))}`.padEnd(9)}`;
    const shown = time === last ? ''.padEnd(time.length) : time;
    last = time;
    return `  ${shown}  ${local(text)}`;
  });
}

export function endingLines(rehearsed: Rehearsed, mask: Mask): string[] {
  const { seen, ended, startedAt, left, troubles, books, counts } = rehearsed;
  return [
    ...seen.flatMap((one) => applicationLines(one, startedAt, ended, mask)),
    ...left.map(({ act }) => `its time never came: ${titleOf(act)}`),
    ...[...new Set(troubles.map(({ event, fields }) => `trouble: ${event} ${mask(JSON.stringify(fields))}`))],
    "in the agencies' books:",
    ...books.flatMap(({ agency, entries }) =>
      entries.map(({ effect, key, times }) => `  ${agency}: ${effect} × ${times} for ${stepOf(seen, key)}`),
    ),
    `doubled ${counts.doubled}, lost ${counts.lost}`,
  ];
}

function applicationLines(
  { prefix, number, service, state, code, steps, items, result, endedAt, acceptedAt }: Whole,
  startedAt: number,
  ended: Rehearsed['ended'],
  mask: Mask,
): string[] {
  const from = prefix === '' ? startedAt : acceptedAt;
  const when = endedAt === null ? STANDING[ended] : `after ${spanOf(endedAt - from)}`;
  return [
    `${prefix}${service} ${number}: ${state}${code === null ? '' : ` ${code}`}, ${when}`,
    ...steps.map(({ name, state: at, code: why, round }) => {
      return `  ${prefix}${name}: ${at}${why === null ? '' : ` ${why}`}${round > 1 ? `, round ${round}` : ''}`;
    }),
    ...items.map(
      ({ step, kind, code: what }) => `  waits for a person: ${kind} at ${prefix}${step} (${what})`,
    ),
    ...(result ? [`  result: ${mask(plain(result))}`] : []),
  ];
}

const STANDING: Record<Rehearsed['ended'], string> = {
  final: 'not ended',
  still: 'and nothing will move by itself any more',
  time: 'when the time was over',
};

/** The step that a key belongs to, of this round or an earlier one. */
export function stepOf(seen: Whole[], key: string): string {
  for (const { prefix, steps, attempts } of seen) {
    const step = steps.find((one) => one.key === key);
    if (step) return prefix + step.name;
    const attempt = attempts.find(({ tryKey }) => tryKey.slice(0, -4) === key);
    if (attempt) return `${prefix}${attempt.step}, round ${attempt.round}`;
  }
  return `nobody's intent (${key})`;
}

/** As JSON: everything, times in RFC 3339. */
export function asJson(rehearsed: Rehearsed, mask: Mask): object {
  const { seen, ended, startedAt, refused, counts, books, left } = rehearsed;
  const time = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
  return {
    startedAt: time(startedAt),
    ...{ ended, refused, ...counts },
    applications: seen.map(({ prefix, number, service, version, state, code, endedAt, steps, items }) => ({
      ...{ opensAt: prefix, number, service, version, state, code, endedAt: time(endedAt) },
      steps: steps.map(({ name, state: at, code: why, round, agency, operation }) => {
        return { name, agency, operation, state: at, code: why, round };
      }),
      items: items.map(({ step, kind, code: what, role }) => ({ step, kind, code: what, role })),
    })),
    timeline: entriesOf(rehearsed, mask).map(({ at, text, step }) => ({ at: time(at), step, text })),
    books: books
      .filter(({ entries }) => entries.length > 0)
      .map(({ agency, entries }) => ({
        agency,
        entries: entries.map(({ effect, key, times }) => ({ effect, times, step: stepOf(seen, key) })),
      })),
    left: left.map(({ act }) => titleOf(act)),
  };
}
