/** Part 3: the same bytes every time, in any order, zone and year, and nothing changed that was given. */
import type { Adapter } from '../contract.ts';
import { signInOf } from '../sign-in/index.ts';
import type { Notes } from './report.ts';
import { scanSources } from './source-scan.ts';
import {
  callOf,
  conversionOf,
  givenBy,
  messageOf,
  type Given,
  type NamedExample,
  type Subject,
} from './subject.ts';
import { frozen } from './values.ts';

const ZONES = ['Pacific/Kiritimati', 'America/New_York'];
/** Years by which the clock is put wrong. */
const YEARS = [-31, 17];
const YEAR_MS = 31_556_952_000;

export async function examinePurity(subject: Subject, notes: Notes): Promise<void> {
  for (const { where, message, fix } of subject.refused)
    notes.fail('interpreter_refuses', where, message, fix);
  scanSources(subject, notes);
  const bytes = new Map<string, string>();
  for (const one of subject.examples) bytes.set(one.file, await bytesOf(subject.adapter, one));
  await again(subject, bytes, notes);
  await signTwice(subject, notes);
  if (subject.native) underOtherClocks(subject, bytes, notes);
  if (subject.native) unchanged(subject, notes);
  if (subject.interpreter) await interpreted(subject.interpreter, subject, bytes, notes);
  else
    notes.fact(
      subject.native ? 'not run in the interpreter' : 'it has no code that runs outside the interpreter',
    );
}

/** Request and outcome as JSON; what the adapter throws counts as well. */
async function bytesOf(
  adapter: Adapter,
  { example }: NamedExample,
  given = givenBy(example),
): Promise<string> {
  const conversion = conversionOf(adapter, example)!;
  try {
    const request = await conversion.request(given.input, given.call);
    return JSON.stringify([request, await conversion.reply(given.wire, given.input, given.call)]);
  } catch (error) {
    return `throws ${messageOf(error)}`;
  }
}

/** Twice, and from the last to the first: what an adapter keeps between two calls shows. */
async function again(
  { adapter, examples }: Subject,
  bytes: Map<string, string>,
  notes: Notes,
): Promise<void> {
  for (const one of [...examples, ...examples.toReversed()]) {
    if ((await bytesOf(adapter, one)) === bytes.get(one.file)) continue;
    notes.fail(
      'keeps_state',
      one.file,
      'Run again, or in another order, it gives other bytes',
      'Keep nothing between two calls: no variable of the module, no cache',
    );
  }
}

const MESSAGE = { method: 'POST', path: '/exam', headers: {}, body: new Uint8Array(0) };

/** A signature follows its call alone: one token, then another, then the first again. */
async function signTwice({ adapter, examples }: Subject, notes: Notes): Promise<void> {
  const { sign } = signInOf(adapter);
  const [first] = examples;
  if (!sign || !first) return;
  const { settings, now, tryKey, tools } = callOf(first.example);
  const signed = async (token: string): Promise<string> => {
    try {
      return JSON.stringify(await sign({ ...MESSAGE, headers: {} }, { settings, now, tryKey, tools, token }));
    } catch (error) {
      return `throws ${messageOf(error)}`;
    }
  };
  const [one, , other] = [await signed('exam-one'), await signed('exam-two'), await signed('exam-one')];
  const [fresh] = [await signed('exam-three')];
  const keeps = one !== other || (one.includes('exam-one') && !fresh.includes('exam-three'));
  if (keeps)
    notes.fail(
      'keeps_state',
      'sign-in',
      'A signature depends on the calls before it',
      'Take the token from call.token, and keep nothing',
    );
}

/** Contract: an author's functions answer at once, so that zone and year can be put back before anybody else runs. */
function bytesAtOnce(adapter: Adapter, { example }: NamedExample, { input, call, wire }: Given): string {
  const conversion = conversionOf(adapter, example)!;
  try {
    return JSON.stringify([conversion.request(input, call), conversion.reply(wire, input, call)]);
  } catch (error) {
    return `throws ${messageOf(error)}`;
  }
}

function underOtherClocks(
  { adapter, examples, host }: Subject,
  bytes: Map<string, string>,
  notes: Notes,
): void {
  for (const one of examples) {
    const expected = bytes.get(one.file);
    for (const years of YEARS) {
      if (inAnotherYear(years, () => bytesAtOnce(adapter, one, givenBy(one.example))) !== expected)
        notes.fail(
          'clock_read',
          one.file,
          'In another year it gives other bytes',
          'Take the time from call.now',
        );
    }
    for (const zone of host.inZone ? ZONES : []) {
      if (host.inZone!(zone, () => bytesAtOnce(adapter, one, givenBy(one.example))) !== expected)
        notes.fail(
          'zone_read',
          one.file,
          `In the zone ${zone} it gives other bytes`,
          'Use call.tools.zoned, or the UTC methods',
        );
    }
  }
  notes.fact(`${YEARS.length} other years${host.inZone ? `, ${ZONES.length} other zones` : ''}`);
}

/** Runs with a clock that is wrong by years. Nothing else runs meanwhile: `run` answers at once. */
export function inAnotherYear<T>(years: number, run: () => T): T {
  const Real = globalThis.Date;
  const shifted = (): number => Real.now() + years * YEAR_MS;
  const Shifted = new Proxy(Real, {
    construct: (_, args: unknown[]) =>
      Reflect.construct(Real, args.length === 0 ? [shifted()] : args) as object,
    apply: () => new Real(shifted()).toString(),
    get: (_, name) => (name === 'now' ? shifted : (Reflect.get(Real, name) as unknown)),
  });
  globalThis.Date = Shifted;
  try {
    return run();
  } finally {
    globalThis.Date = Real;
  }
}

function unchanged({ adapter, examples }: Subject, notes: Notes): void {
  for (const one of examples) {
    const given = givenBy(one.example);
    const { tools, ...plain } = given.call;
    const kept = JSON.stringify([given.input, given.wire, plain]);
    const held = { input: frozen(given.input), wire: frozen(given.wire), call: { ...frozen(plain), tools } };
    const free = bytesAtOnce(adapter, one, givenBy(one.example));
    const changed = JSON.stringify([given.input, given.wire, plain]) !== kept;
    if (changed || bytesAtOnce(adapter, one, held) !== free)
      notes.fail(
        'changes_what_it_is_given',
        one.file,
        'It changes its input, its call or the reply',
        'Copy before you change: { ...input }, [...list], toSorted',
      );
  }
}

async function interpreted(
  interpreter: Adapter,
  { examples }: Subject,
  bytes: Map<string, string>,
  notes: Notes,
): Promise<void> {
  for (const one of [...examples, ...examples.toReversed()]) {
    const made = await bytesOf(interpreter, one);
    if (made === bytes.get(one.file)) continue;
    const message = made.startsWith('throws ')
      ? `In the interpreter it ${made}`
      : 'In the interpreter it gives other bytes';
    notes.fail(
      'interpreter_differs',
      one.file,
      message,
      'Use ECMAScript and call.tools alone: the interpreter has nothing else',
    );
  }
  notes.fact(`${examples.length} examples twice in the interpreter`);
}
