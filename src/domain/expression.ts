/** Expressions of routes and connectors: JSONata cut down; a plain path never reaches JSONata at run time. */
import jsonata from 'jsonata';
import type { JsonObject, JsonValue } from './outcome.ts';
import { ExpressionError, readsOf, type SyntaxNode } from './syntax.ts';

export { ExpressionError } from './syntax.ts';

/** What an expression may see: `{ application, service, site, steps }`. */
export type Scope = Readonly<Record<string, unknown>>;

export interface Expression {
  text: string;
  /** Every path it reads, from the scope's root: `[['application', 'applicant', 'nik']]`. */
  reads: string[][];
  /** A path or a literal: `evaluate` answers at once, never with a promise. */
  plain: boolean;
  /** Undefined when nothing is there. May throw (or reject with) an ExpressionError. */
  evaluate(this: void, scope: Scope): unknown;
}

const MAX_CHARACTERS = 2000;
const PLAIN_PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const WORDS = new Set(['and', 'or', 'in', 'true', 'false', 'null']);

/** Functions that a connector's expressions may call besides the allow-list; each ends in time that grows with its input only. */
export type MoreFunctions = Readonly<Record<string, (...given: unknown[]) => unknown>>;

const NONE: MoreFunctions = {};

const DAY_MS = 86_400_000;

/** What JSONata lacks and routes need: whole days from one date to another (`2026-01-31`, or an instant's day in UTC). */
const OWN: MoreFunctions = {
  daysBetween(from, to) {
    const [start, end] = [from, to].map((one) => Date.parse(`${String(one).slice(0, 10)}T00:00:00Z`));
    return Number.isNaN(start! + end!) ? undefined : (end! - start!) / DAY_MS;
  },
};

/** Compiles one expression. Throws an ExpressionError with `code` and `position` when it may not run. */
export function compileExpression(text: string, functions = NONE): Expression {
  if (text.length > MAX_CHARACTERS) {
    throw new ExpressionError('expression_size', `longer than ${MAX_CHARACTERS} characters`);
  }
  const names = text.split('.');
  if (PLAIN_PATH.test(text) && !names.some((name) => WORDS.has(name))) {
    return { text, reads: [names], plain: true, evaluate: (scope) => readPath(scope, names) };
  }
  const compiled = parse(text);
  const tree = compiled.ast() as SyntaxNode;
  const reads = readsOf(tree, Object.keys(functions));
  if (isLiteral(tree)) return { text, reads, plain: true, evaluate: () => tree.value };
  return { text, reads, plain: false, evaluate: (scope) => run(compiled, scope, functions) };
}

function isLiteral(tree: SyntaxNode): boolean {
  return ['string', 'number', 'value'].includes(tree.type) && tree.predicate === undefined;
}

function parse(text: string): jsonata.Expression {
  try {
    return jsonata(text);
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number };
    throw new ExpressionError('expression_syntax', message ?? 'cannot be read', position);
  }
}

async function run(compiled: jsonata.Expression, scope: Scope, functions: MoreFunctions): Promise<unknown> {
  let value: unknown;
  try {
    // Its own bindings: without them JSONata keeps the input in one frame shared by concurrent runs.
    value = await compiled.evaluate(scope, { ...OWN, ...functions });
  } catch (error) {
    const { code, position } = error as { code?: string; position?: number };
    // JSONata's messages quote the value at fault, which may be personal.
    throw new ExpressionError('expression_failed', `cannot be worked out (${code ?? 'JSONata'})`, position);
  }
  return plainJson(value);
}

/** JSONata's results carry marks of its own; only plain JSON leaves. */
function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExpressionError('expression_failed', 'gives no finite number');
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainJson(inner)]));
}

/** Reads own properties only, and maps over arrays as JSONata does: one item stands for itself, none is undefined. */
function readPath(scope: unknown, names: readonly string[]): unknown {
  let value = scope;
  for (let place = 0; place < names.length; place += 1) {
    const name = names[place]!;
    value = Array.isArray(value) ? readEach(value, name, place === names.length - 1) : readOwn(value, name);
    if (value === undefined) return undefined;
  }
  return value;
}

function readOwn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function readEach(items: unknown[], name: string, isLast: boolean): unknown {
  const found = items.map((item) => readPath(item, [name])).filter((one) => one !== undefined);
  if (isLast && found.length === 1) return found[0];
  const flat = found.flat();
  return flat.length > 1 ? flat : flat[0];
}

export interface Template {
  reads: string[][];
  /** True when no part needs JSONata: `evaluate` then answers at once. */
  plain: boolean;
  /** Fields whose expression gives nothing are left out. */
  evaluate(this: void, scope: Scope): JsonObject | Promise<JsonObject>;
}

/** Gives one part of a template, or a promise of it; undefined when there is nothing. */
type Reader = (scope: Scope) => unknown;

/**
 * Compiles `with` or `result`: nested objects and arrays of expressions; numbers, booleans and null stand for
 * themselves. Throws an ExpressionError at the first part that may not run.
 */
export function compileTemplate(fields: JsonObject, functions = NONE): Template {
  const expressions: Expression[] = [];
  const collect = (text: string): Expression => {
    const expression = compileExpression(text, functions);
    expressions.push(expression);
    return expression;
  };
  const readerOf = (value: JsonValue): Reader => {
    if (typeof value === 'string') return collect(value).evaluate;
    if (Array.isArray(value)) return arrayReader(value.map(readerOf));
    if (typeof value === 'object' && value !== null) {
      return objectReader(Object.entries(value).map(([key, inner]) => [key, readerOf(inner)]));
    }
    return () => value;
  };
  const read = readerOf(fields);
  const plain = expressions.every((expression) => expression.plain);
  return {
    reads: expressions.flatMap((expression) => expression.reads),
    plain,
    evaluate: (scope) => read(scope) as JsonObject | Promise<JsonObject>,
  };
}

/** Turns to a promise only when a part is one, so that plain templates stay synchronous. */
function arrayReader(readers: Reader[]): Reader {
  const kept = (values: unknown[]): unknown[] => values.filter((value) => value !== undefined);
  return (scope) => {
    const values = readers.map((read) => read(scope));
    return values.some((value) => value instanceof Promise) ? Promise.all(values).then(kept) : kept(values);
  };
}

function objectReader(fields: [string, Reader][]): Reader {
  const build = (values: unknown[]): Record<string, unknown> => {
    const entries = fields.map(([key], place) => [key, values[place]] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  };
  return (scope) => {
    const values = fields.map(([, read]) => read(scope));
    return values.some((value) => value instanceof Promise) ? Promise.all(values).then(build) : build(values);
  };
}
