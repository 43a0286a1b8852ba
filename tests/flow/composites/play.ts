/** Plays a shipped composite service against the agencies' stand-ins in virtual time, and says what came of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '../../../adapters/index.ts';
import type { SimulatorModule } from '../../../src/adapter-kit/simulator.ts';
import { systemClock } from '../../../src/clock.ts';
import { checkConfig } from '../../../src/config/check.ts';
import type { Agency, Catalogue } from '../../../src/domain/catalogue.ts';
import { parseDuration } from '../../../src/domain/duration.ts';
import type { JsonObject } from '../../../src/domain/outcome.ts';
import type { Habits } from '../../../src/rehearse/habits.ts';
import { rehearse, type Rehearsed } from '../../../src/rehearse/rehearse.ts';
import { parseAct, parseFaults } from '../../../src/rehearse/words.ts';
import type { ScriptItem } from '../../../src/rehearse/script.ts';

const ROOT = join(import.meta.dirname, '../../..');

export interface Performance {
  /** Laid over the shipped example, object by object. */
  with?: JsonObject;
  /** `bill=loseReply`. */
  fail?: string[];
  /** `decide exam approved {…}`. */
  acts?: string[];
  /** Acts that words cannot say. */
  script?: ScriptItem[];
  habits?: Partial<Habits>;
  for?: string;
  start?: string;
  /** Otherwise than it is shipped. */
  change?: (catalogue: Catalogue) => Catalogue;
}

export interface Outcome {
  state: string;
  steps: Record<string, string>;
  /** `step kind code`. */
  items: string[];
  events: string[];
  result: JsonObject | null;
  outputs: Record<string, JsonObject>;
  /** What the citizen was told of each step. */
  texts: Record<string, string | undefined>;
  /** Agency and effect: how often. */
  books: Record<string, number>;
  /** What the bus or an agency said against an act. */
  refused: string[];
  whole: Rehearsed;
}

/** Checked once for all tests of a file. */
let checked: ReturnType<typeof checkConfig> | undefined;

/** The shipped mall, but that one role is limited, or retried, otherwise. */
export const otherwise =
  (role: string, limits: Partial<Agency['limits']>, retry: Partial<Agency['retry']> = {}) =>
  (catalogue: Catalogue): Catalogue => ({
    ...catalogue,
    agencies: catalogue.agencies.map((agency) =>
      agency.role === role
        ? { ...agency, limits: { ...agency.limits, ...limits }, retry: { ...agency.retry, ...retry } }
        : agency,
    ),
  });

/** The service's first example. */
export function exampleOf(service: string): JsonObject {
  const folder = join(ROOT, 'examples');
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith('.json')) continue;
    const application = JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject;
    if (application['serviceCode'] === service) return application;
  }
  throw new Error(`There is no example of ${service}`);
}

export async function playService(service: string, performance: Performance = {}): Promise<Outcome> {
  const { catalogue, findings } = await (checked ??= checkConfig(join(ROOT, 'config'), adapters));
  if (!catalogue) throw new Error(`The shipped configuration has findings: ${JSON.stringify(findings)}`);
  const { fail = [], acts = [], script = [], habits = {}, start, change } = performance;
  const whole = await rehearse({
    ...{ catalogue: change?.(catalogue) ?? catalogue, adapters, turn: systemClock.turn, habits },
    simulatorOf: async ({ adapter }) =>
      (await import(`${ROOT}/adapters/${adapter}/simulator.ts`)) as SimulatorModule,
    application: over(exampleOf(service), performance.with ?? {}),
    find: async () => undefined,
    script: [...fail.flatMap(parseFaults), ...acts.map(parseAct), ...script],
    forMs: parseDuration(performance.for ?? '30d'),
    ...(start !== undefined && { start: Date.parse(start) }),
  });
  if (whole.refused) throw new Error(`It was not taken in: ${JSON.stringify(whole.refused)}`);
  return outcomeOf(whole);
}

function outcomeOf(whole: Rehearsed): Outcome {
  const first = whole.seen[0]!;
  const each = <T>(get: (step: (typeof first.steps)[number]) => T): Record<string, T> =>
    Object.fromEntries(first.steps.map((step) => [step.name, get(step)]));
  return {
    state: first.state,
    steps: each(({ state }) => state),
    items: first.items.map(({ step, kind, code }) => `${step} ${kind} ${code}`),
    events: first.events.map(({ type }) => type),
    result: first.result,
    outputs: each(({ secret }) => secret.output ?? {}),
    texts: each(({ secret }) => secret.text),
    books: Object.fromEntries(
      whole.books.flatMap(({ agency, entries }) =>
        Object.entries(
          entries.reduce<Record<string, number>>(
            (sum, { effect, times }) => ({ ...sum, [effect]: (sum[effect] ?? 0) + times }),
            {},
          ),
        ).map(([effect, times]) => [`${agency} ${effect}`, times]),
      ),
    ),
    refused: whole.done.flatMap(({ refused }) => refused ?? []),
    whole,
  };
}

/** Objects are merged, all else is replaced; null takes away. */
function over(base: JsonObject, top: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [name, value] of Object.entries(top)) {
    const below = merged[name];
    if (value === null) delete merged[name];
    else if (isObject(value) && isObject(below)) merged[name] = over(below, value);
    else merged[name] = value;
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
