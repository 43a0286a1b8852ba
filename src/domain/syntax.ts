/** Decides which JSONata syntax trees may run: the cut-down form of the design, refused by node, not by text. */

/** Why an expression is refused; `position` is a character offset, where known. */
export class ExpressionError extends Error {
  readonly code: string;
  readonly position: number | undefined;
  constructor(code: string, message: string, position?: number) {
    super(message);
    this.name = 'ExpressionError';
    this.code = code;
    this.position = position;
  }
}

/** A node of JSONata's syntax tree, as far as it is read here (jsonata 2.2, `parser.js`). */
export interface SyntaxNode {
  type: string;
  value?: unknown;
  position?: number;
  steps?: SyntaxNode[];
  stages?: SyntaxNode[];
  predicate?: SyntaxNode[];
  expr?: SyntaxNode;
  lhs?: SyntaxNode | [SyntaxNode, SyntaxNode][];
  rhs?: SyntaxNode;
  expression?: SyntaxNode;
  expressions?: SyntaxNode[];
  condition?: SyntaxNode;
  then?: SyntaxNode;
  else?: SyntaxNode;
  procedure?: SyntaxNode;
  arguments?: SyntaxNode[];
  group?: unknown;
  focus?: unknown;
  index?: unknown;
  tuple?: unknown;
}

/** The functions a route may use; each ends in time that grows with its input only. */
export const FUNCTIONS: readonly string[] = [
  'string number boolean exists not count append merge join',
  'uppercase lowercase trim length substring substringBefore substringAfter contains pad',
  'sum max min round abs floor ceil',
  // Not JSONata's own: see expression.ts.
  'daysBetween',
].flatMap((line) => line.split(' '));

const OPERATORS = new Set(['+', '-', '*', '/', '%', '&', '=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in']);
const MAX_DEPTH = 32;
/** `$pad` is the only function whose result may be longer than what it is given. */
const MAX_PAD = 1000;

const NAMES: Record<string, string> = {
  regex: 'a regular expression',
  lambda: 'a function of its own',
  apply: 'a chain (~>)',
  bind: 'a variable (:=)',
  wildcard: 'a wildcard (*)',
  descendant: 'a wildcard (**)',
  parent: 'a parent step (%)',
  transform: 'a transform (|…|)',
  sort: 'a sort (^)',
  variable: 'a variable ($)',
  partial: 'a function with open places (?)',
};

/** The context in which names are read; `null` when it cannot be followed (a function's result). */
type Context = string[] | null;

/** What a walk knows besides the node: the functions that may be called, and the paths found so far. */
interface Walk {
  functions: ReadonlySet<string>;
  reads: string[][];
}

/** Walks a tree, throws an ExpressionError for what is refused and gathers the paths it reads. */
export function readsOf(tree: SyntaxNode, more: readonly string[] = []): string[][] {
  const reads: string[][] = [];
  walk(tree, [], 0, { functions: new Set([...FUNCTIONS, ...more]), reads });
  return reads;
}

function refuse(node: SyntaxNode, what = NAMES[node.type] ?? `"${node.type}"`): never {
  throw new ExpressionError('expression_refused', `${what} is not allowed in an expression`, node.position);
}

function walk(node: SyntaxNode, context: Context, depth: number, found: Walk): void {
  if (depth > MAX_DEPTH) {
    throw new ExpressionError('expression_depth', `nested deeper than ${MAX_DEPTH} levels`, node.position);
  }
  if (node.group !== undefined) refuse(node, 'grouping ({…} after a value)');
  const into = (inner: SyntaxNode): void => walk(inner, context, depth + 1, found);
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value':
      break;
    case 'path':
      walkPath(node, context, depth, found);
      break;
    case 'binary':
      if (!OPERATORS.has(String(node.value))) refuse(node, `the operator ${String(node.value)}`);
      into(node.lhs as SyntaxNode);
      into(node.rhs!);
      break;
    case 'unary':
      walkUnary(node, into);
      break;
    case 'condition':
      into(node.condition!);
      into(node.then!);
      if (node.else) into(node.else);
      break;
    case 'block':
      if (node.expressions?.length !== 1) refuse(node, 'a list of statements (;)');
      into(node.expressions[0]!);
      break;
    case 'function':
      walkFunction(node, into, found.functions);
      break;
    default:
      refuse(node);
  }
  filters(node.predicate, null, depth, found);
}

function walkUnary(node: SyntaxNode, into: (inner: SyntaxNode) => void): void {
  if (node.value === '-') return into(node.expression!);
  if (node.value === '[') return node.expressions!.forEach(into);
  if (node.value !== '{') refuse(node);
  for (const [key, value] of node.lhs as [SyntaxNode, SyntaxNode][]) {
    if (key.type !== 'string') refuse(key, 'a field name that is not a quoted word');
    if (key.value === '__proto__') refuse(key, 'the field name __proto__');
    into(value);
  }
}

function walkFunction(
  node: SyntaxNode,
  into: (inner: SyntaxNode) => void,
  functions: ReadonlySet<string>,
): void {
  const name = String(node.procedure?.value);
  if (node.procedure?.type !== 'variable' || !functions.has(name)) refuse(node, `the function $${name}`);
  const width = node.arguments?.[1];
  if (name === 'pad' && !isWidth(width)) refuse(node, `$pad to anything but a number up to ${MAX_PAD}`);
  node.arguments!.forEach(into);
}

function isWidth(node: SyntaxNode | undefined): boolean {
  const number = node?.type === 'unary' && node.value === '-' ? node.expression : node;
  return number?.type === 'number' && Number(number.value) <= MAX_PAD;
}

/** Steps after the first may only go down (a name) or give one object each, so no path can multiply. */
function walkPath(node: SyntaxNode, context: Context, depth: number, found: Walk): void {
  let at: Context = context;
  let read = false;
  node.steps!.forEach((step, place) => {
    if (step.focus !== undefined || step.index !== undefined || step.tuple !== undefined) {
      refuse(step, 'a variable (@ or #)');
    }
    if (step.type === 'name') {
      at = at && [...at, String(step.value)];
      read = true;
    } else {
      const isObject = step.type === 'unary' && step.value === '{';
      if (place > 0 && !isObject) refuse(step, 'anything but a name or {…} after a dot');
      if (read && at) found.reads.push(at);
      walk(step, at, depth + 1, found);
      at = null;
      read = false;
    }
    filters(step.stages, at, depth, found);
    if (step.type === 'name') filters(step.predicate, at, depth, found);
  });
  if (read && at) found.reads.push(at);
}

function filters(stages: SyntaxNode[] | undefined, context: Context, depth: number, found: Walk): void {
  for (const stage of stages ?? []) {
    if (stage.type !== 'filter') refuse(stage, 'a variable (@ or #)');
    if (stage.expr!.type === 'string') refuse(stage.expr!, "a name in brackets (write a.b, not a['b'])");
    walk(stage.expr!, context, depth + 1, found);
  }
}
