/** Checks every expression of a connector: that it may run, and that what it reads is there. */
import type { JsonSchema } from '../../adapter-kit/contract.ts';
import { suggest } from '../../config/finding.ts';
import { missingIn } from '../../config/schema-walk.ts';
import { compileExpression, ExpressionError } from '../../domain/expression.ts';
import { FUNCTIONS as COMMON } from '../../domain/syntax.ts';
import type { ConnectorDocument } from './document.ts';
import type { Desk } from './desk.ts';
import { FUNCTIONS } from './functions.ts';
import { placesOf, type Place, type Sight } from './places.ts';

/** More than any agency needs; each costs a little memory for good. */
const MAX_EXPRESSIONS = 5000;

export function checkExpressions(desk: Desk): void {
  const places = placesOf(desk.document);
  if (places.length > MAX_EXPRESSIONS) {
    const message = `There are more than ${MAX_EXPRESSIONS} expressions`;
    return desk.report([], 'connector_size', message, 'Write an adapter in code');
  }
  for (const place of places) checkPlace(desk, place);
}

function checkPlace(desk: Desk, place: Place): void {
  const { path, text } = place;
  let reads: string[][];
  try {
    ({ reads } = compileExpression(text, FUNCTIONS));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { code, message, position } = error;
    const at = position === undefined ? '' : ` (character ${position})`;
    return desk.report(path, code, `${message}${at}`, fixOf(error));
  }
  for (const names of reads) checkRead(desk, place, names);
}

function fixOf({ code, message }: ExpressionError): string {
  const name = /function \$(\w*)/.exec(message)?.[1];
  if (name !== undefined) return suggest(name, [...COMMON, ...Object.keys(FUNCTIONS)]);
  return code === 'expression_syntax' ? 'Mend the expression' : 'Say it with paths, operators and ? :';
}

const ANYTHING: JsonSchema = {};
const TEXT: JsonSchema = { type: 'string' };

function closed(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', additionalProperties: false, properties };
}

const CALL = closed({
  ...{ key: TEXT, tryKey: TEXT, now: TEXT, reference: TEXT },
  ...{ output: ANYTHING, carry: ANYTHING },
});
const REPLY = closed({
  ...{ status: { type: 'integer' }, headers: ANYTHING, body: ANYTHING },
  ...{ bytes: { type: 'integer' }, type: TEXT },
});
const MESSAGE = closed({ id: TEXT, key: TEXT, reference: TEXT, content: ANYTHING });
const STEP = closed({ state: TEXT, key: TEXT, reference: TEXT, input: ANYTHING, output: ANYTHING });

/** What may be seen where, as the schema of the scope. */
function scopeOf({ sight, operation }: Place, { settings, operations }: ConnectorDocument): JsonSchema {
  const input = operation === undefined ? ANYTHING : operations[operation]!.input;
  const scopes: Record<Sight, () => JsonSchema> = {
    request: () => closed({ input, settings, call: CALL }),
    reply: () => closed({ input, settings, call: CALL, reply: REPLY }),
    news: () => closed({ settings, reply: REPLY }),
    answer: () => closed({ settings, message: MESSAGE, step: STEP, now: TEXT }),
  };
  return scopes[sight]();
}

function checkRead(desk: Desk, place: Place, names: string[]): void {
  const [root = '', field = ''] = names;
  const schema = scopeOf(place, desk.document);
  const inner = (schema['properties'] as Record<string, JsonSchema>)[root];
  if (!inner) {
    const known = Object.keys(schema['properties'] as object);
    const isWord = names.length === 1;
    const fix = isWord ? `Write '${root}' in quotes if the word itself is meant` : suggest(root, known);
    return desk.report(place.path, 'unknown_name', `${names.join('.')} names nothing here`, fix);
  }
  // References of a schema lead from its own root, so each is walked by itself.
  const missing = missingIn(names.slice(1), inner, inner);
  if (missing) {
    const message = `${names.join('.')} names nothing: there is no ${missing.name}`;
    return desk.report(place.path, 'unknown_name', message, suggest(missing.name, missing.known));
  }
  const isSecret = root === 'settings' && isMarked(desk.document.settings, field);
  if (isSecret && place.sight !== 'request') {
    const message = `${field} is a secret, and what a reply gives is kept`;
    desk.report(place.path, 'secret_read', message, 'Read it in a request only');
  }
}

function isMarked(settings: JsonSchema, name: string): boolean {
  const properties = settings['properties'] as Record<string, JsonSchema> | undefined;
  return properties?.[name]?.['writeOnly'] === true;
}
