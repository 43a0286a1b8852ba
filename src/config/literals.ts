/** Values of expressions that are known before anything runs. */
import { compileExpression, ExpressionError, type Expression } from '../domain/expression.ts';
import type { JsonValue } from '../domain/outcome.ts';

/** The expression, or why it may not run. */
export function compiled(text: string): Expression | ExpressionError {
  try {
    return compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

/** A value known before anything runs; undefined for every other. */
export function literalOf(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const expression = compiled(value);
  if (expression instanceof ExpressionError || !expression.plain || expression.reads.length > 0)
    return undefined;
  return expression.evaluate({}) as JsonValue;
}

const QUOTED = /'([^'\\]*)'|"([^"\\]*)"/g;

/** Every quoted word of an expression that has the form of what is looked for: each may be what it gives. */
export function wordsIn(value: JsonValue | undefined, form: RegExp): string[] {
  if (typeof value !== 'string') return [];
  const words = [...value.matchAll(QUOTED)].map(([, one, other]) => one ?? other ?? '');
  return [...new Set(words.filter((word) => form.test(word)))];
}

const STATE = /\bsteps\.([A-Za-z][A-Za-z0-9]{0,63})\.state\s*(?:!=|=)\s*(['"])([^'"]*)\2/g;

/** States of steps that an expression compares: `steps.bill.state = 'succeeded'`. */
export function statesIn(text: string): { step: string; state: string; whole: boolean }[] {
  return [...text.matchAll(STATE)].map(([match, step, , state]) => {
    return { step: step!, state: state!, whole: match === text.trim() && !match.includes('!') };
  });
}
