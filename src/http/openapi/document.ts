/** Assembles the OpenAPI 3.1 document from the table of routes and the very schemas that requests are held against. */
import applicationSchema from '../../../schemas/application.json' with { type: 'json' };
import callbackSchema from '../../../schemas/callback.json' with { type: 'json' };
import eventSchema from '../../../schemas/event.json' with { type: 'json' };
import problemSchema from '../../../schemas/problem.json' with { type: 'json' };
import { ACT, CORRECTIONS, DECISION, ENDPOINT, REDELIVER, RESOLVE, SEARCH } from '../body-schemas.ts';
import { peopleAnswers, peopleBodies } from './people.ts';
import { configurationAnswers, configurationBodies } from './configuration.ts';
import { answerSchemas } from './answers.ts';
import { replayAnswers, replayBodies } from './replays.ts';
import { PARAMETERS, pathParameters } from './parameters.ts';
import { OPERATIONS, type Operation } from './table.ts';

type Json = Record<string, unknown>;

export interface OpenApi {
  openapi: string;
  info: Json;
  servers: { url: string }[];
  security: Json[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Json>>;
  webhooks: Json;
  components: { schemas: Record<string, Json>; parameters: Json; securitySchemes: Json };
}

export function openApi(url: string, version: string, states: readonly string[]): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return {
    openapi: '3.1.1',
    info: {
      ...{ title: 'Jembatan', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      description:
        'The service bus behind a public service mall: applications in, one status, one event stream, signed callbacks.',
    },
    servers: [{ url }],
    security: [{ apiKey: [] }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: { event: { post: webhook() } },
    components: {
      schemas: schemas(states),
      parameters: PARAMETERS,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'jmb_…, made by `jembatan key create`.' },
      },
    },
  };
}

function describe({
  method,
  path,
  tag,
  summary,
  scope,
  parameters = [],
  body,
  answers,
  refusals = [],
}: Operation): Json {
  const inPath = pathParameters(path);
  const given = [...inPath, ...parameters.map((name) => ({ $ref: `#/components/parameters/${name}` }))];
  const problems = [
    ...refusals,
    ...(scope ? [401, 403, 429, 500, 503] : []),
    ...(inPath.length > 0 ? [404] : []),
  ];
  return {
    ...{ operationId: operationId(method, path), tags: [tag], summary },
    ...(scope ? { description: `Scope: \`${scope}\`` } : { security: [] }),
    ...(given.length > 0 && { parameters: given }),
    ...(body !== undefined && { requestBody: { required: true, content: content(body) } }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, answer]) => [status, response(answer, status, path)]),
      ...problems.toSorted((a, b) => a - b).map((status) => [String(status), problem()]),
    ]),
  };
}

/** `postApplicationsSearch`, `getApplicationsIdEvents`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace('/v1', '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

const BINARY = {};

function content(of: string | string[]): Json {
  if (typeof of === 'string')
    return { 'application/json': { schema: { $ref: `#/components/schemas/${of}` } } };
  return Object.fromEntries(of.map((type) => [type, { schema: BINARY }]));
}

function response(answer: string | string[] | null, status: string, path: string): Json {
  if (answer === null) return { description: 'Done.' };
  const stream = path.endsWith('{id}/events') && path.startsWith('/v1/applications');
  const also = stream ? { 'text/event-stream': { schema: { type: 'string' } } } : {};
  return { description: status === '202' ? 'Taken.' : 'Done.', content: { ...content(answer), ...also } };
}

function problem(): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: 'Refused.', content: { 'application/problem+json': { schema } } };
}

function webhook(): Json {
  return {
    summary: 'One event of one application, in order, signed as Standard Webhooks has it',
    requestBody: {
      content: { 'application/cloudevents+json': { schema: { $ref: '#/components/schemas/Callback' } } },
    },
    responses: {
      '2XX': { description: 'Taken.' },
      410: { description: 'Never again: the endpoint is disabled.' },
    },
  };
}

function schemas(states: readonly string[]): Record<string, Json> {
  return {
    ...hoist('Application', applicationSchema),
    ...hoist('Event', eventSchema),
    ...hoist('Callback', callbackSchema),
    ...hoist('Problem', problemSchema),
    ...{ Act: ACT.schema, Resolve: RESOLVE.schema, Search: SEARCH.schema },
    ...{ Corrections: CORRECTIONS.schema, Decision: DECISION.schema },
    ...{ EndpointRequest: ENDPOINT.schema, Redeliver: REDELIVER.schema },
    ...configurationBodies,
    ...replayBodies,
    ...replayAnswers,
    ...configurationAnswers,
    ...peopleBodies,
    ...peopleAnswers,
    ...answerSchemas(states),
  } as Record<string, Json>;
}

/** A schema file as components: its `$defs` become neighbours, for few tools follow references within a component. */
function hoist(
  name: string,
  { $schema: _, $id: __, $defs: defs = {}, ...schema }: Json,
): Record<string, Json> {
  const parts = Object.entries(defs as Record<string, Json>).map(([part, inner]) => [
    `${name}.${part}`,
    inner,
  ]);
  const text = JSON.stringify({ [name]: schema, ...Object.fromEntries(parts) });
  return JSON.parse(text.replaceAll('"#/$defs/', `"#/components/schemas/${name}.`)) as Record<string, Json>;
}
