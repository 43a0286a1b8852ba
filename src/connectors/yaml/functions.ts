/** The functions that a connector's expressions have besides a route's: dates, code tables, base64. Pure and linear. */
import { tools } from '../../adapter-kit/tools.ts';
import type { MoreFunctions } from '../../domain/expression.ts';

type Given = unknown[];

/** Nothing in, nothing out, as with JSONata's own functions. */
function ofText(run: (text: string, ...more: string[]) => unknown): (...given: Given) => unknown {
  return (...given) => {
    if (given.some((one) => one === undefined)) return undefined;
    if (!given.every((one) => typeof one === 'string')) throw new TypeError('The function takes texts');
    const [text = '', ...more] = given;
    return run(text, ...more);
  };
}

/** A text or number as trimmed text; nothing of anything else, and nothing of an empty one. */
function text(...[value]: Given): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).trim() || undefined;
}

/** `string`, `number`, `boolean`, `null`, `array`, `object`; nothing of what is not there. */
function type(...[value]: Given): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What a table holds under a text or number. */
function lookup(...[table, key]: Given): unknown {
  if (typeof table !== 'object' || table === null || key === undefined) return undefined;
  const name = String(key);
  return Object.hasOwn(table, name) ? (table as Record<string, unknown>)[name] : undefined;
}

/** Only these, so that no pattern of ours becomes a regular expression of theirs. */
const PARTS = { yyyy: 4, MM: 2, dd: 2 } as const;

/** `31-01-2026` by `dd-MM-yyyy` as `2026-01-31`; nothing when it is not written so. */
function readDate(written: string, pattern: string): string | undefined {
  if (written.length !== pattern.length) return undefined;
  const found: Partial<Record<keyof typeof PARTS, string>> = {};
  let rest = pattern;
  for (const [part, width] of Object.entries(PARTS) as [keyof typeof PARTS, number][]) {
    const at = pattern.indexOf(part);
    const digits = written.slice(at, at + width);
    if (at < 0 || !/^\d+$/.test(digits)) return undefined;
    found[part] = digits;
    rest = rest.replace(part, digits);
  }
  // What stands between the parts must stand there too.
  return rest === written ? `${found.yyyy}-${found.MM}-${found.dd}` : undefined;
}

/** `2026-01-31` by `dd-MM-yyyy` as `31-01-2026`; nothing of what is no date. */
function writeDate(date: string, pattern: string): string | undefined {
  const [, yyyy, MM, dd] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  if (yyyy === undefined || MM === undefined || dd === undefined) return undefined;
  return pattern.replaceAll(/yyyy|MM|dd/g, (part) => ({ yyyy, MM, dd })[part] ?? '');
}

export const FUNCTIONS: MoreFunctions = {
  text,
  type,
  lookup,
  readDate: ofText(readDate),
  writeDate: ofText(writeDate),
  /** An instant as seen in an IANA zone, by `yyyy MM dd HH mm ss XXX`. */
  zoned: ofText((instant, zone = '', pattern = '') => tools.zoned(instant, zone, pattern)),
  nextMidnight: ofText((instant, zone = '') => tools.nextMidnight(instant, zone)),
  base64: ofText((value) => tools.base64(value)),
};
