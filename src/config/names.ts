/** Looks up what an expression reads: fields of the application, the service, the site and earlier steps. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { Route } from '../domain/catalogue.ts';
import applicationSchema from '../../schemas/application.json' with { type: 'json' };
import serviceSchema from '../../schemas/service.json' with { type: 'json' };
import { suggest } from './finding.ts';
import { runAgain } from './order.ts';
import { outputsOf } from './outputs.ts';
import { missingIn } from './schema-walk.ts';
import type { World } from './world.ts';

/** Who reads: a step, which sees the steps before it, or the result, which sees all. */
export interface Reader {
  world: World;
  route: Route;
  before: Set<string>;
  step?: string;
  /** False when an `after` could not be read: more steps may come before. */
  isOrderSure: boolean;
  /** `at` is worked out while the application is taken: no step has begun and it has no number yet. */
  isAt?: boolean;
  /** `again` is worked out when its own step has ended. */
  isAgain?: boolean;
}

export interface Missing {
  code: string;
  message: string;
  fix: string;
}

const ROOTS = ['application', 'service', 'site', 'steps'];
/** What the bus adds to the body it was given (`flow/view`). */
const GIVEN = ['id', 'number', 'acceptedAt'];
const STEP_PARTS = ['state', 'code', 'output', 'before'];
const SITE_FIELDS = ['code', 'title', 'regionCode', 'zone', 'calendar', 'closes'];

/** What is wrong with a path, if anything. */
export function missingName(path: string[], reader: Reader): Missing | null {
  const [root = '', ...rest] = path;
  switch (root) {
    case 'application':
      return missingApplication(path, rest, reader);
    case 'service':
      return missingField(path, rest, serviceSchema, serviceSchema);
    case 'site':
      return missingField(path, rest, siteSchema, siteSchema);
    case 'steps':
      return missingStep(path, rest, reader);
    default:
      return unknownRoot(root, path);
  }
}

const siteSchema: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(
    SITE_FIELDS.map((name) => [name, name === 'title' ? {} : { type: 'string' }]),
  ),
};

function unknownRoot(root: string, path: string[]): Missing {
  const quoted = `Write '${root}' in quotes if the word itself is meant`;
  const fix = path.length === 1 ? quoted : suggest(root, ROOTS);
  return { code: 'unknown_name', message: `${path.join('.')} names nothing`, fix };
}

function missingField(path: string[], rest: string[], schema: JsonSchema, root: JsonSchema): Missing | null {
  const missing = missingIn(rest, schema, root);
  if (!missing) return null;
  const fix = suggest(missing.name, missing.known);
  return {
    code: 'unknown_name',
    message: `${path.join('.')} names nothing: there is no ${missing.name}`,
    fix,
  };
}

function missingApplication(path: string[], rest: string[], { world, route, isAt }: Reader): Missing | null {
  if (rest.length === 1 && GIVEN.includes(rest[0]!) && !isAt) return null;
  if (rest[0] !== 'formData') return missingField(path, rest, applicationSchema, applicationSchema);
  const form = world.catalogue.services.get(route.service)?.form;
  return form ? missingField(path, rest.slice(1), form, form) : null;
}

function missingStep(path: string[], rest: string[], reader: Reader): Missing | null {
  const [name, part, ...field] = rest;
  if (reader.isAt) {
    const fix = 'Read application, service or site';
    return { code: 'step_not_before', message: 'at is worked out before any step begins', fix };
  }
  if (name === undefined) return null;
  const step = Object.hasOwn(reader.route.steps, name) ? reader.route.steps[name] : undefined;
  if (!step) {
    const fix = suggest(name, Object.keys(reader.route.steps));
    return { code: 'unknown_step', message: `${path.join('.')} names no step`, fix };
  }
  const early = tooEarly(name, part, reader);
  if (early || part === undefined) return early;
  if (!STEP_PARTS.includes(part)) {
    return {
      code: 'unknown_name',
      message: `${path.join('.')} names nothing`,
      fix: `Write steps.${name}.output.…`,
    };
  }
  if (part === 'state' || part === 'code') return null;
  const misses = outputsOf(reader.route, name, reader.world).map((output) =>
    missingField(path, field, output, output),
  );
  return misses.find((missing) => missing !== null) ?? null;
}

/** Whether there is anything to read yet: the round before of any step that has one, else an earlier step. */
function tooEarly(name: string, part: string | undefined, reader: Reader): Missing | null {
  if (part === 'before') {
    if (runAgain(reader.route).has(name)) return null;
    const fix = `Read steps.${name}.output, or name ${name} in the again of a step`;
    return { code: 'never_again', message: `${name} never runs again, so it has no round before`, fix };
  }
  const isItself = name === reader.step && reader.isAgain !== true;
  const isLater = name !== reader.step && !reader.before.has(name) && reader.isOrderSure;
  if (!isItself && !isLater) return null;
  const message = `${name} need not have ended before this step begins`;
  return { code: 'step_not_before', message, fix: `Add ${name} to after` };
}
