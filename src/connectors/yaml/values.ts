/** Expressions and templates of a connector, compiled to functions of what they may see. */
import type { JsonObject, JsonValue } from '../../adapter-kit/contract.ts';
import { compileExpression, compileTemplate, type Scope } from '../../domain/expression.ts';
import { FUNCTIONS } from './functions.ts';
import { fields, soon, type Soon } from './soon.ts';

export type Reading<T> = (scope: Scope) => Soon<T>;

/** A template of any shape: its strings are expressions. */
export function reading(value: JsonValue): Reading<JsonValue | undefined> {
  if (typeof value === 'string') {
    const { evaluate } = compileExpression(value, FUNCTIONS);
    return (scope) => held(evaluate(scope) as Soon<JsonValue | undefined>);
  }
  const { evaluate } = compileTemplate({ value }, FUNCTIONS);
  return (scope) => soon(held(evaluate(scope)), (made) => made['value']);
}

export function objectReading(value: JsonObject): Reading<JsonObject> {
  const { evaluate } = compileTemplate(value, FUNCTIONS);
  return (scope) => held(evaluate(scope));
}

/** As much as a connector in code may give. */
const MAX_CHARACTERS = 1_048_576;
const MAX_VALUES = 100_000;

/** What JSONata worked out may be many times what it was given; what was only looked up is not. */
function held<T extends JsonValue | undefined>(made: Soon<T>): Soon<T> {
  if (!(made instanceof Promise)) return made;
  return made.then((value) => {
    const left = { characters: MAX_CHARACTERS, values: MAX_VALUES };
    spend(value, left);
    return value;
  });
}

function spend(value: JsonValue | undefined, left: { characters: number; values: number }): void {
  left.values -= 1;
  if (typeof value === 'string') left.characters -= value.length;
  if (left.values < 0 || left.characters < 0) throw new RangeError('The expression gives too much');
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    left.characters -= name.length;
    spend(inner, left);
  }
}

/** A value as the text that a query, a header or a form has; undefined when nothing is there. */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw new TypeError('A list or an object stands where a text goes');
  return String(value);
}

export function textReading(value: JsonValue): Reading<string | undefined> {
  const read = reading(value);
  return (scope) => soon(read(scope), textOf);
}

/** A text that means something; undefined for an empty one and for what is none. */
export function wordOf(value: JsonValue | undefined): string | undefined {
  const isWord = typeof value === 'string' || typeof value === 'number';
  return isWord ? String(value).trim() || undefined : undefined;
}

/** Fields of a query, of headers or of a form; undefined when none comes out. */
export function textsReading(plan: Record<string, JsonValue>): Reading<Record<string, string> | undefined> {
  const readings = Object.entries(plan).map(([name, value]) => [name, textReading(value)] as const);
  return (scope) => {
    const texts = Object.fromEntries(readings.map(([name, read]) => [name, read(scope)]));
    return soon(fields<Record<string, string>>(texts), (made) =>
      Object.keys(made).length === 0 ? undefined : made,
    );
  };
}
