/** Holds a rehearsal against what a route test expects: a line for everything that went otherwise. */
import { parseDuration } from '../../domain/duration.ts';
import type { JsonObject, JsonValue } from '../../domain/outcome.ts';
import { titleOf } from '../acts.ts';
import { stepAt, type Seen, type Whole } from '../look.ts';
import type { Rehearsed } from '../rehearse.ts';
import { spanOf } from '../times.ts';
import type { Expected, StepExpected } from './types.ts';

export interface Difference {
  /** Pointer below `expect`, or what it is about. */
  at: string;
  expected: string;
  found: string;
}

export function differencesOf(expect: Expected, rehearsed: Rehearsed): Difference[] {
  const { refused } = rehearsed;
  if (refused || expect.refused) return refusalOf(expect, rehearsed);
  return [
    ...ending(expect, rehearsed),
    ...Object.entries(expect.steps ?? {}).flatMap(([name, one]) => stepOf(name, one, rehearsed.seen)),
    ...itemsOf(expect, rehearsed.seen),
    ...eventsOf(expect, rehearsed.seen),
    ...toldOf(expect, rehearsed.seen),
    ...Object.entries(expect.sent ?? {}).flatMap(([name, one]) => sentOf(name, one, rehearsed.seen)),
    ...(expect.result ? within(expect.result, rehearsed.seen[0]?.result ?? null, '/result') : []),
    ...booksOf(expect, rehearsed),
    ...actsOf(rehearsed),
  ];
}

const differs = (at: string, expected: unknown, found: unknown): Difference[] =>
  expected === found ? [] : [{ at, expected: text(expected), found: text(found) }];

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? 'nothing' : JSON.stringify(value);
}

function refusalOf({ refused: expected = {} }: Expected, { refused }: Rehearsed): Difference[] {
  const found = new Map((refused?.problems ?? []).map(({ pointer, code }) => [pointer, code]));
  const missing = Object.entries(expected).flatMap(([pointer, code]) =>
    differs(`/refused${pointer}`, code, found.get(pointer) ?? (refused ? undefined : 'taken in')),
  );
  const more = [...found].filter(([pointer]) => !Object.hasOwn(expected, pointer));
  return [
    ...missing,
    ...more.map(([pointer, code]) => ({ at: `/refused${pointer}`, expected: 'taken in', found: code })),
  ];
}

function ending({ state, code, within: limit, doubled, lost }: Expected, rehearsed: Rehearsed): Difference[] {
  const { seen, counts, startedAt } = rehearsed;
  const [first] = seen;
  const took = first?.endedAt == null ? null : first.endedAt - startedAt;
  const late =
    limit !== undefined && (took === null || took > parseDuration(limit))
      ? [{ at: '/within', expected: limit, found: took === null ? 'not ended' : spanOf(took) }]
      : [];
  return [
    ...(state === undefined ? [] : differs('/state', state, first?.state)),
    ...(code === undefined ? [] : differs('/code', code, first?.code ?? undefined)),
    ...late,
    ...differs('/doubled', doubled ?? 0, counts.doubled),
    ...differs('/lost', lost ?? 0, counts.lost),
  ];
}

function stepOf(name: string, expected: string | StepExpected, seen: Seen[]): Difference[] {
  const at = `/steps/${name}`;
  const found = stepAt(seen, name)?.step;
  if (!found) return [{ at, expected: text(expected), found: 'no such step' }];
  if (typeof expected === 'string') return differs(at, expected, found.state);
  return (Object.keys(expected) as (keyof StepExpected)[]).flatMap((field) =>
    differs(`${at}/${field}`, expected[field], found[field]),
  );
}

/** What waits for people is said as a whole: an item that nobody thought of is a finding. */
function itemsOf({ items }: Expected, seen: Seen[]): Difference[] {
  const open = seen.flatMap(({ prefix, items: own }) =>
    own.map(({ step, kind, code }) => `${prefix}${step} ${kind} ${code}`),
  );
  if (!items) return [];
  const left = [...open];
  const missing = items.filter((wanted) => {
    const at = left.findIndex((one) => one === wanted || one.startsWith(`${wanted} `));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map((one) => ({ at: '/items', expected: one, found: open.join('; ') || 'none' })),
    ...left.map((one) => ({ at: '/items', expected: 'no other', found: one })),
  ];
}

function eventsOf({ events = [], never = [] }: Expected, seen: Seen[]): Difference[] {
  const all = seen
    .flatMap(({ prefix, events: own }) =>
      own.map(({ at, type, data }) => {
        const step = typeof data['step'] === 'string' ? ` of ${prefix}${data['step']}` : '';
        return { at, type, whole: prefix === '' ? type + step : `${type}${step || ` of ${prefix}`}` };
      }),
    )
    .toSorted((a, b) => a.at - b.at);
  const is = (wanted: string, one: { type: string; whole: string }): boolean =>
    wanted === one.whole || (!wanted.includes(' of ') && wanted === one.type);
  let from = 0;
  for (const [n, wanted] of events.entries()) {
    const at = all.findIndex((one, place) => place >= from && is(wanted, one));
    if (at < 0) {
      const before = n === 0 ? 'at all' : `after ${events[n - 1]!}`;
      const rest = all.slice(from).map(({ whole }) => whole);
      return [
        { at: `/events/${n}`, expected: `${wanted}, ${before}`, found: rest.join(', ') || 'nothing more' },
      ];
    }
    from = at + 1;
  }
  return never.flatMap((unwanted, n) =>
    all.some((one) => is(unwanted, one)) ? [{ at: `/never/${n}`, expected: 'never', found: unwanted }] : [],
  );
}

/** What the citizen of the first application was told, in this order; more may stand between. */
function toldOf({ told = [] }: Expected, [first]: Whole[]): Difference[] {
  const all = (first?.told ?? []).map(({ code }) => code);
  let from = 0;
  for (const [n, wanted] of told.entries()) {
    const at = all.indexOf(wanted, from);
    if (at < 0) return [{ at: `/told/${n}`, expected: wanted, found: all.join(', ') || 'nothing' }];
    from = at + 1;
  }
  return [];
}

function sentOf(name: string, expected: JsonObject, seen: Seen[]): Difference[] {
  const found = stepAt(seen, name)?.step.secret.input;
  if (!found) return [{ at: `/sent/${name}`, expected: text(expected), found: 'nothing was sent' }];
  return within(expected, found, `/sent/${name}`);
}

/** Every field that is named must be there and be the same; lists are the same as a whole. */
function within(expected: JsonValue, found: JsonValue | undefined, at: string): Difference[] {
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject(expected) && isObject(found))
    return Object.entries(expected).flatMap(([key, one]) => within(one, found[key], `${at}/${key}`));
  return differs(at, JSON.stringify(expected), JSON.stringify(found));
}

function booksOf({ books = {} }: Expected, { books: found, roles }: Rehearsed): Difference[] {
  return Object.entries(books).flatMap(([id, effects]) =>
    Object.entries(effects).flatMap(([effect, times]) => {
      const entries = found
        .filter(({ agency }) => agency === id || roles.get(agency) === id)
        .flatMap((one) => one.entries);
      const count = entries.filter((one) => one.effect === effect).reduce((sum, one) => sum + one.times, 0);
      return differs(`/books/${id}/${effect}`, times, count);
    }),
  );
}

/** What was to be done was done, and answered as the test says. */
function actsOf({ done, left, struck }: Rehearsed): Difference[] {
  const never = left.map(({ act }) => ({
    at: titleOf(act),
    expected: 'to be done',
    found: 'its time never came',
  }));
  const refusals = done.flatMap(({ item, refused }) =>
    (item.refused ?? null) === refused
      ? []
      : [{ at: titleOf(item.act), expected: item.refused ?? 'to be done', found: refused ?? 'done' }],
  );
  const missed = done.flatMap(({ item: { act } }) => {
    if (act.is !== 'fault') return [];
    const times = struck.filter(({ step, kind }) => step === act.step && kind === act.kind).length;
    return times > 0
      ? []
      : [{ at: titleOf(act), expected: 'to strike', found: 'the step sent nothing then' }];
  });
  return [...never, ...refusals, ...missed];
}
