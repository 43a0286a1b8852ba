/** A reply as an operator may see it: its form, every value replaced by what it looks like. */
import type { JsonValue } from './outcome.ts';
import { foldName } from './shape.ts';

const MOST_CHARACTERS = 2_048;
const MOST_DEPTH = 12;
const MOST_ITEMS = 3;
const MOST_FIELDS = 64;
const MOST_TEXT = 40;

/** Fields that hold codes, which say nothing of a person; without them a code that nobody knows could not be looked up. */
const CODE_FIELD = /^(?:code|kode|rc)$|response|result|error|status|reason|fault/i;
const CODE = /^[A-Za-z0-9_.-]{1,12}$/;
/** More are a date, or somebody's number. */
const MOST_DIGITS = 7;

/** At most 2 kB of JSON. */
export function maskedSample(value: JsonValue): string {
  const text = JSON.stringify(masked(value, '', 0));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

function masked(value: JsonValue, name: string, level: number): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return isCode(name, String(value)) ? value : Number(maskText(String(value)));
  if (typeof value === 'string') return isCode(name, value) ? value : maskText(value);
  if (level >= MOST_DEPTH) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => masked(item, name, level + 1));
  const fields = Object.entries(value).slice(0, MOST_FIELDS);
  return Object.fromEntries(
    fields.map(([key, inner]) => [foldName(key), masked(inner, key, level + 1)] as const),
  );
}

function isCode(name: string, text: string): boolean {
  return CODE_FIELD.test(name) && CODE.test(text) && text.replaceAll(/\D/g, '').length <= MOST_DIGITS;
}

/** `Xxxx 99-99`: letters, digits and what stands between them. */
function maskText(text: string): string {
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return shown
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/(?!X)[\p{L}\p{M}]/gu, 'x')
    .replaceAll(/\p{N}/gu, '9');
}
