/** Expressions and templates of a connector, compiled to functions of what they may see. */
import type { JsonObject, JsonValue } from '../../adapter-kit/contract.ts';
import { compileExpression, compileTemplate, type Scope } from '../../domain/expression.ts';
import { FUNCTIONS } from './functions.ts';
import { fields, soon, type Soon } from './soon.ts';

export type Reading<T> = (scope: Scope) => Soon<T>;

/** A template of any shape: its strings are expressions. */
export function reading(value: JsonValue): Reading<JsonValue | undefined> {
  if (typeof value === 'string') {
    return compileExpression(value, FUNCTIONS).evaluate as Reading<JsonValue | undefined>;
  }
  const { evaluate } = compileTemplate({ value }, FUNCTIONS);
  return (scope) => soon(evaluate(scope), (made) => made['value']);
}

export function objectReading(value: JsonObject): Reading<JsonObject> {
  return compileTemplate(value, FUNCTIONS).evaluate;
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
