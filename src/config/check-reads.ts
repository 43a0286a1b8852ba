/** Checks what steps send: expressions that compile, names that are there, inputs that operations take. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { RouteStep } from '../domain/catalogue.ts';
import { ExpressionError } from '../domain/expression.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { STEP_STATES } from '../domain/step.ts';
import { compile } from '../schema/validate.ts';
import { nearest, suggest } from './finding.ts';
import { compiled, literalOf, statesIn } from './literals.ts';
import { missingName, type Reader } from './names.ts';
import { ancestorsOf, isOrderSure } from './order.ts';
import { fieldsOf, typeOf, typesOf } from './schema-walk.ts';
import { operationsOf, type Spot, type World } from './world.ts';

const STATES: ReadonlySet<string> = new Set(STEP_STATES);

export function checkReads(world: World): void {
  for (const { name, file } of world.all('route')) {
    const route = world.catalogue.routes.get(name)!;
    for (const [step, plan] of Object.entries(route.steps)) {
      const before = ancestorsOf(route, step);
      const reader = { world, route, before, step, isOrderSure: isOrderSure(world, route, file, step) };
      checkStep(reader, plan, (...path) => ({ file, path: ['steps', step, ...path] }));
    }
    if (file.wrong.covers('/steps')) continue;
    const after: Reader = { world, route, before: new Set(Object.keys(route.steps)), isOrderSure: true };
    checkValues(after, route.result, { file, path: ['result'] });
  }
}

function checkStep(reader: Reader, plan: RouteStep, spot: (...path: string[]) => Spot): void {
  if (plan.when !== undefined) checkExpression(reader, plan.when, spot('when'));
  if (plan.at !== undefined) checkExpression({ ...reader, isAt: true }, plan.at, spot('at'));
  if (plan.again) checkExpression({ ...reader, isAgain: true }, plan.again.when, spot('again', 'when'));
  checkValues(reader, plan.with, spot('with'));
  for (const { input } of operationsOf(plan.call, reader.world)) {
    checkInput(reader.world, plan.with, input, input, spot('with'));
  }
}

function checkValues(reader: Reader, value: JsonValue, { file, path }: Spot): void {
  if (typeof value === 'string') checkExpression(reader, value, { file, path });
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      checkValues(reader, inner, { file, path: [...path, key] });
  }
}

function checkExpression(reader: Reader, text: string, spot: Spot): void {
  const expression = compiled(text);
  if (expression instanceof ExpressionError) {
    const at = expression.position === undefined ? '' : ` (character ${expression.position})`;
    const fix =
      expression.code === 'expression_syntax'
        ? 'Mend the expression'
        : 'Say it with paths, operators and ? :';
    reader.world.report(spot, expression.code, `${expression.message}${at}`, fix);
    return;
  }
  for (const path of expression.reads) {
    const missing = missingName(path, reader);
    if (missing) reader.world.report(spot, missing.code, missing.message, missing.fix);
  }
  for (const { state } of statesIn(text)) {
    if (STATES.has(state)) continue;
    reader.world.report(spot, 'unknown_state', `No step is ever ${state}`, suggest(state, STATES));
  }
}

/** `with` against the operation's input: unknown and forgotten fields, and literals that could never do. */
export function checkInput(
  world: World,
  fields: JsonObject,
  schema: JsonSchema,
  root: JsonSchema,
  spot: Spot,
): void {
  const { names, required, isOpen } = fieldsOf(schema, root);
  const meant = new Set<string | undefined>();
  for (const [name, value] of Object.entries(fields)) {
    const inner: Spot = { file: spot.file, path: [...spot.path, name] };
    const variants = names.get(name);
    if (!variants) {
      if (isOpen) continue;
      meant.add(nearest(name, names.keys()));
      world.report(inner, 'unknown_input', `The operation takes no ${name}`, suggest(name, names.keys()));
      continue;
    }
    const only = variants.length === 1 ? variants[0]! : undefined;
    if (!only) continue;
    if (hasOtherShape(world, value, only, root, inner)) continue;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject) checkInput(world, value, only, root, inner);
    else checkLiteral(world, value, only, root, inner);
  }
  for (const name of required) {
    if (Object.hasOwn(fields, name) || meant.has(name)) continue;
    world.report(spot, 'missing_input', `The operation needs ${name}`, `Add ${name}: with an expression`);
  }
  const least = Number(schema['minProperties'] ?? 0);
  if (required.length === 0 && Object.keys(fields).length < least) {
    const fix = `Add one of ${[...names.keys()].join(', ')}`;
    world.report(spot, 'missing_input', `The operation needs ${least} of its fields`, fix);
  }
  const choices = choicesOf(schema);
  if (choices.length === 0 || choices.some((all) => all.every((one) => Object.hasOwn(fields, one)))) return;
  const wanted = choices.map((all) => all.join(' and ')).join(', or ');
  world.report(spot, 'missing_input', `The operation needs ${wanted}`, 'Add one of them');
}

/** A list, an object or nothing where the operation takes something else; what an expression gives is not known. */
function hasOtherShape(
  world: World,
  value: JsonValue,
  schema: JsonSchema,
  root: JsonSchema,
  spot: Spot,
): boolean {
  if (typeof value !== 'object') return false;
  const types = typesOf(schema, root);
  if (!types || types.has(typeOf(value))) return false;
  const message = `The operation will not take this: must be ${[...types].join(' or ')}`;
  world.report(spot, 'literal_invalid', message, 'Write an expression that gives it');
  return true;
}

/** Sets of fields of which one must be there whole; none where alternatives say more than that. */
function choicesOf({ anyOf }: JsonSchema): string[][] {
  if (!Array.isArray(anyOf)) return [];
  const isPlain = anyOf.every((one) => Object.keys(one as object).join() === 'required');
  return isPlain ? anyOf.map((one) => (one as { required: string[] }).required) : [];
}

function checkLiteral(
  world: World,
  value: JsonValue,
  schema: JsonSchema,
  root: JsonSchema,
  spot: Spot,
): void {
  const literal = literalOf(value);
  if (literal === undefined) return;
  const [problem] = compile(alone(schema, root))(literal);
  if (problem)
    world.report(spot, 'literal_invalid', `The operation will not take this: ${problem.detail}`, 'Change it');
}

/** A field's schema with what it may refer to. Made once: a schema that is new is compiled anew, for milliseconds. */
function alone(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const known = standing.get(schema) ?? { ...schema, $defs: root['$defs'] ?? {} };
  standing.set(schema, known);
  return known;
}

const standing = new WeakMap<JsonSchema, JsonSchema>();
