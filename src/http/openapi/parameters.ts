/** The parameters of the API, each described once. */

import { LIFE_EVENTS } from '../services.ts';

type Json = Record<string, unknown>;

const query = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'query',
  description,
  schema,
});
const header = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'header',
  description,
  schema,
});
const text = { type: 'string' };

/** By name, as components. */
export const PARAMETERS: Record<string, Json> = {
  'Idempotency-Key': {
    ...header('Idempotency-Key', 'The same when you ask again; kept for the life of the application.', {
      ...{ type: 'string', minLength: 1, maxLength: 257 },
    }),
    required: true,
  },
  Prefer: header(
    'Prefer',
    '`wait=5`: the result if it is there within so many seconds (at most 10), else the 202.',
    text,
  ),
  limit: query('limit', 'Rows of a page.', { type: 'integer', minimum: 1 }),
  cursor: query('cursor', '`nextCursor` of the page before.', text),
  state: query('state', 'Only applications in this state.', { $ref: '#/components/schemas/State' }),
  service: query('service', 'Only applications for this service.', text),
  lifeEvent: query('lifeEvent', 'Only services that are looked for at this moment of a life.', {
    ...{ type: 'string', enum: LIFE_EVENTS },
  }),
  site: query('site', 'Only applications taken at this site.', text),
  role: query('role', 'Whose queue.', text),
  from: query('from', 'First month, as 2026-01; default: a year.', text),
  to: query('to', 'Last month.', text),
  attention: query('attention', 'Only applications that wait for a person.', { type: 'boolean' }),
  after: query('after', 'Only events with a higher number.', { type: 'integer', minimum: 0 }),
  'Last-Event-ID': header('Last-Event-ID', 'As `after`, for a stream that is taken up again.', {
    type: 'integer',
    minimum: 0,
  }),
};

const IN_PATH: Record<string, string> = {
  id: 'The id; an application also by its number.',
  step: 'Name of the step in its route.',
  documentId: 'The name it goes by within its application.',
  sha256: 'SHA-256 of the bytes, 64 lower-case hex digits.',
  n: 'Number of the complaint about its application.',
  token: 'What the end of an application brought.',
  code: 'Code of the service.',
  agency: 'Id of the agency.',
  version: 'Version of the route.',
};

/** Those that a path names in braces. */
export function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: 'path', required: true, description: IN_PATH[name!], schema: text };
  });
}
