/** Tries every regular expression of the sources and schemas with texts that almost match: some need longer than the sun shines. */
import { capped, TooSlow } from './capped.ts';
import type { Notes } from './report.ts';
import { subschemas } from './schema-walk.ts';
import { schemasOf } from './schemas.ts';
import { isSource, patternsIn } from './source-scan.ts';
import type { Subject } from './subject.ts';

/** Two to this power steps are hours. */
const REPEATS = 44;
const MOST_MS = 250;
/** A machine that is busy with others may stop for a while: only what is slow twice is slow. */
const SECOND_MS = 750;
/** Each that is slow costs its whole time. */
const MOST_SLOW = 3;
const COMMON = ['a', 'A', '0', ' ', '-', '.', '/', ','];
const MOST_UNITS = 12;
/** Nothing matches it. */
const END = '\u0000';

export function examinePatterns(subject: Subject, notes: Notes): void {
  const all = [...sourcePatterns(subject), ...schemaPatterns(subject)];
  let slow = 0;
  for (const [where, pattern] of all) {
    if (slow === MOST_SLOW) break;
    if (!isSlow(pattern)) continue;
    slow += 1;
    notes.fail(
      'slow_pattern',
      where,
      `${String(pattern).slice(0, 80)} never comes to its end on a text that almost matches`,
      'Leave no two ways to match the same text: no repetition within a repetition',
    );
  }
  notes.fact(`${all.length} regular expressions tried`);
}

function sourcePatterns({ folder }: Subject): [string, RegExp][] {
  return [...folder.files]
    .filter(([file]) => isSource(file))
    .flatMap(([file, bytes]) =>
      patternsIn(Buffer.from(bytes).toString('utf8')).flatMap((text) => made(file, text)),
    );
}

function made(file: string, text: string): [string, RegExp][] {
  const end = text.lastIndexOf('/');
  return compiled(file, text.slice(1, end), text.slice(end + 1).replaceAll(/[gy]/g, ''));
}

function compiled(where: string, source: string, flags: string): [string, RegExp][] {
  try {
    return [[where, new RegExp(source, flags)]];
  } catch {
    return [];
  }
}

function schemaPatterns({ adapter }: Subject): [string, RegExp][] {
  return schemasOf(adapter).flatMap(([name, schema]) =>
    subschemas(schema).flatMap(({ at, schema: { pattern } }) =>
      typeof pattern === 'string' ? compiled(`${name}#${at}`, pattern, 'u') : [],
    ),
  );
}

function isSlow(pattern: RegExp): boolean {
  const texts = attacksOn(pattern);
  const tryAll = (): void => {
    for (const text of texts) pattern.test(text);
  };
  return takesLonger(tryAll, MOST_MS) && takesLonger(tryAll, SECOND_MS);
}

function takesLonger(run: () => void, ms: number): boolean {
  try {
    capped(run, ms);
    return false;
  } catch (error) {
    return error instanceof TooSlow;
  }
}

/** What the pattern begins with as it stands, and then one or two characters over and over. */
function attacksOn({ source }: RegExp): string[] {
  const literals = source.replaceAll(/\\[a-zA-Z]|[\\^$.*+?()[\]{}|]/g, '');
  const units = [...new Set([...COMMON, ...literals.split('')])].slice(0, COMMON.length + MOST_UNITS);
  const pairs = units.flatMap((one) => units.map((other) => one + other));
  const [head = ''] = /^[\w /.:-]*/.exec(source.replace(/^\^/, '')) ?? [];
  return [...units, ...pairs].flatMap((unit) => {
    const text = unit.repeat(REPEATS) + END;
    return head === '' ? [text] : [text, head + text];
  });
}
