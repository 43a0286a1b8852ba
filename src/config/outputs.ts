/** What a step gives, as a schema: its operation's output; of the bus's own operations, what the route makes of them. */
import type { JsonSchema } from '../adapter-kit/contract.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { Route, RouteStep } from '../domain/catalogue.ts';
import { wordsIn } from './literals.ts';
import { operationsOf, type World } from './world.ts';

const ANY: JsonSchema = { type: 'object', additionalProperties: true };
const TEXT: JsonSchema = { type: 'string' };
export const SERVICE_CODE = /^[A-Z][A-Z0-9]{1,15}\.[A-Z0-9][A-Z0-9-]{0,46}$/;

/** One for each adapter that may answer; all of them must have what is read. */
export function outputsOf(route: Route, name: string, world: World): JsonSchema[] {
  const step = route.steps[name]!;
  const all = given(step, world);
  // What the law decides has the output of no agency.
  return route.deadline?.onBreach === 'deemedApproval' ? all.map(orDeemed) : all;
}

function orDeemed(schema: JsonSchema): JsonSchema {
  const { properties } = schema;
  return properties === undefined ? schema : { ...schema, properties: { ...properties, deemed: {} } };
}

function given(step: RouteStep, world: World): JsonSchema[] {
  switch (step.call) {
    case `${BUS}.task`:
      return [step.task?.form ?? ANY];
    case `${BUS}.wait`:
      return [waitOutput(step)];
    case `${BUS}.child`:
      return [closed({ number: TEXT, state: TEXT, result: resultOf(step, world) })];
    default:
      return operationsOf(step.call, world).map(({ output }) => output);
  }
}

/** Its end, and the appointment as the route names it. */
function waitOutput({ with: { appointment } }: RouteStep): JsonSchema {
  if (appointment === undefined) return closed({ until: TEXT });
  if (typeof appointment !== 'object' || appointment === null) return ANY;
  return closed({ ...named(appointment), until: TEXT });
}

/** The results of the services that it may open; anything when they are not known. */
function resultOf({ with: { service } }: RouteStep, { catalogue }: World): JsonSchema {
  const codes = wordsIn(service, SERVICE_CODE);
  const results = codes.map((code) => catalogue.routes.get(code)?.result);
  if (codes.length === 0 || results.includes(undefined)) return ANY;
  return closed(Object.assign({}, ...results.map((result) => named(result!))) as Record<string, JsonSchema>);
}

const named = (values: object): Record<string, JsonSchema> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, {}]));
const closed = (properties: Record<string, JsonSchema>): JsonSchema => ({
  ...{ type: 'object', properties, additionalProperties: false },
});
