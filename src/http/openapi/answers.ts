/** The schemas of what the API answers, beside those of `schemas/`: closed objects, so that a test sees every field. */

export type Schema = Record<string, unknown>;

export const text: Schema = { type: 'string' };
export const time: Schema = { type: 'string', format: 'date-time' };
export const uuid: Schema = { type: 'string', format: 'uuid' };
export const whole: Schema = { type: 'integer' };
const free: Schema = { type: 'object' };
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema['type'], 'null'] });
export const one = (...words: string[]): Schema => ({ type: 'string', enum: words });

/** Closed; a name with `?` may be absent. */
export function object(fields: Record<string, Schema>, description?: string): Schema {
  const entries = Object.entries(fields).map(([name, schema]) => [name.replace('?', ''), schema]);
  const required = Object.keys(fields).filter((name) => !name.endsWith('?'));
  const properties = Object.fromEntries(entries) as Schema;
  return {
    type: 'object',
    ...(description && { description }),
    additionalProperties: false,
    required,
    properties,
  };
}

const page = (name: string, rows: Schema): Schema => object({ [name]: list(rows), nextCursor: orNull(text) });
const agencyState = one('awake', 'asleep', 'paused');
const id = '0199f3c2-7a31-7c05-9b1e-5d2f0c6a8e47';
const self = `https://bus.example.go.id/v1/applications/${id}`;

const applications = (states: readonly string[]): Record<string, Schema> => ({
  State: one(...states),
  Text: object({ id: text, en: text }, 'In Indonesian and English.'),
  Message: object({ code: text, id: text, en: text }, 'What the citizen is told, without personal data.'),
  Receipt: {
    ...object(
      {
        id: uuid,
        number: { ...text, description: 'Readable over the phone; carries a check digit.' },
        state: { const: 'accepted', type: 'string' },
        promisedAt: orNull(time),
        links: object({ self: text, events: text }),
        'warnings?': list(ref('Warning')),
      },
      'The same bytes for every repeat of the question.',
    ),
    examples: [
      {
        ...{ id, number: '6112-01-26-000123-7', state: 'accepted', promisedAt: '2026-11-20T08:00:00.000Z' },
        links: { self, events: `${self}/events` },
      },
    ],
  },
  Warning: object({ pointer: text, code: text, detail: text }, 'Odd, and no reason to refuse.'),
  Summary: object(summary),
  Summaries: page('applications', ref('Summary')),
  Found: object({ applications: list(ref('Summary')) }),
  Awaited: object({
    ...{ step: text, agency: text, who: one('agency', 'applicant', 'officer'), text: ref('Text') },
    ...{ since: time, until: orNull(time) },
  }),
  ...steps,
  Item: object(item, 'Something a person is needed for.'),
  Document: object({ documentId: text, mediaType: text, sizeBytes: whole, at: time }),
  ApplicationStatus: object({
    ...{ ...summary, serviceTitle: ref('Text'), serviceVersion: text, clientReference: text },
    routeVersion: { ...text, description: 'Of the route that it goes by for life.' },
    ...{
      version: { ...whole, description: 'Number of its last event.' },
      'ending?': object({ as: text, code: text }),
    },
    message: ref('Message'),
    'survey?': object({ token: text, path: text }, 'Once it has ended, for three months.'),
    ...{ awaiting: list(ref('Awaited')), steps: list(ref('Step')), items: list(ref('Item')) },
    ...{ documents: list(ref('Document')), result: orNull(free), related: list(ref('Related')) },
  }),
  Related: object(
    {
      relation: one('parent', 'refersTo', 'child', 'referredBy'),
      ...{ id: uuid, number: text, service: text, state: ref('State'), stateText: ref('Text') },
    },
    'The application that opened it, one that it names, one that it opened, one that names it.',
  ),
  Events: object({
    events: list(ref('Event')),
    next: { ...whole, description: 'The `after` of the next page.' },
  }),
  Uploaded: object({ sha256: text, mediaType: text, sizeBytes: whole }),
});

const steps: Record<string, Schema> = {
  Attempt: object({
    ...{ round: whole, number: whole, kind: one('send', 'inquiry', 'undo') },
    ...{ tryKey: { ...text, description: 'The round’s key and the attempt’s number: 24 digits.' } },
    ...{ at: time, endedAt: orNull(time) },
    ...{ outcome: orNull(text), code: orNull(text), status: orNull(whole) },
  }),
  Step: object({
    ...{
      name: text,
      agency: text,
      agencyTitle: ref('Text'),
      operation: text,
      state: text,
      code: orNull(text),
    },
    round: whole,
    key: { ...text, description: 'The round’s intent, as the agency and its books know it: 20 digits.' },
    ...{ attempts: whole, since: time, 'nextAttemptAt?': orNull(time), 'reference?': text },
    ...{
      'shown?': free,
      'output?': free,
      'corrections?': list(free),
      'agencyText?': text,
      history: list(ref('Attempt')),
    },
  }),
};

const summary: Record<string, Schema> = {
  ...{
    id: uuid,
    number: text,
    platform: text,
    site: text,
    service: text,
    channel: text,
    state: ref('State'),
  },
  ...{ stateText: ref('Text'), acceptedAt: time, promisedAt: orNull(time), endedAt: orNull(time) },
};
const item: Record<string, Schema> = {
  ...{ id: text, step: text, kind: text, code: text, openedAt: time },
  text: { ...ref('Text'), description: 'What an officer is told of the code.' },
  'correctedBy?': object(
    { service: text, title: ref('Text') },
    'What was done stands, and could not be undone: the service that mends it.',
  ),
};

const catalogue: Record<string, Schema> = {
  Service: {
    type: 'object',
    required: ['code', 'version', 'title', 'agency', 'status', 'channels', 'regions', 'requirements', 'fees'],
    properties: {
      code: text,
      version: text,
      title: ref('Text'),
      summary: ref('Text'),
      agency: text,
      status: text,
      lifeEvent: { ...text, description: 'Under what a citizen looks for it.' },
    },
  },
  Services: object({ services: list(ref('Service')) }),
  Form: { description: 'A JSON Schema 2020-12.', type: 'object' },
};

const callbacks: Record<string, Schema> = {
  Endpoint: object(endpoint()),
  NewEndpoint: object({ ...endpoint(), secret: { ...text, description: 'whsec_…, shown once.' } }),
  Endpoints: object({ endpoints: list(ref('Endpoint')) }),
  Rotated: object({ id: uuid, secret: text }, 'The old secret signs too, until the next rotation.'),
  Tested: {
    oneOf: [object({ status: whole, 'retryAfterSeconds?': { type: 'number' } }), object({ failed: text })],
  },
  Delivery: object({
    id: text,
    at: time,
    applicationId: uuid,
    seq: whole,
    status: orNull(whole),
    code: orNull(text),
  }),
  Deliveries: page('deliveries', ref('Delivery')),
  Redelivered: object({ applicationId: uuid, fromSequence: whole }),
};

function endpoint(): Record<string, Schema> {
  const state = one('active', 'paused', 'disabled');
  return {
    id: uuid,
    url: text,
    types: list(text),
    state,
    code: orNull(text),
    failures: whole,
    createdAt: time,
  };
}

const task = { applicationId: uuid, number: text, step: text, role: text, dueAt: orNull(time) };

const tasks: Record<string, Schema> = {
  Tasks: page('tasks', object({ id: text, ...task, openedAt: time })),
  Task: object({
    ...{ ...task, title: ref('Text'), see: free, form: free, fourEyes: { type: 'boolean' } },
    proposed: {
      ...orNull(object({ by: text, decision: free })),
      description: 'What a first person decided.',
    },
  }),
  Decided: object({ applicationId: uuid, step: text, is: one('done', 'proposed') }),
  Corrected: object({ id: uuid, again: list(text) }, 'Steps that run again.'),
};

const operations: Record<string, Schema> = {
  Items: page(
    'items',
    object({
      ...item,
      role: orNull(text),
      dueAt: orNull(time),
      ...{ applicationId: uuid, number: text, platform: text },
    }),
  ),
  Stuck: object({
    steps: list(
      object({
        ...{
          applicationId: uuid,
          step: text,
          agency: text,
          operation: text,
          state: text,
          code: orNull(text),
        },
        ...{ attempts: whole, since: time, nextAttemptAt: orNull(time) },
      }),
    ),
  }),
  StepNamed: object({ applicationId: uuid, step: text }),
  ...tasks,
  Agency: object({
    ...{
      id: text,
      role: text,
      title: ref('Text'),
      adapter: text,
      state: agencyState,
      until: orNull(time),
      code: text,
    },
    ...{ failures: whole, steps: list(object({ state: text, count: whole, oldest: time })) },
    queue: orNull(object({ waiting: whole, delayed: whole, active: whole })),
    drift: orNull(object({ changes: whole, lastAt: time }, 'Changes of its replies in the last 7 days.')),
  }),
  Drifts: object({ drift: list(ref('Drift')) }),
  Drift: object({
    ...{ at: time, adapter: text, operation: text, exchange: text, status: text },
    changes: list(object({ is: text, 'pointer?': text, 'type?': text, 'was?': text, 'code?': text })),
    'more?': whole,
    sample: { ...orNull(text), description: 'The reply, every value replaced by what it looks like.' },
  }),
  Agencies: object({ agencies: list(ref('Agency')) }),
  AgencyState: object({ id: text, state: agencyState }),
  Health: object({ status: text }),
};

/** By component name. */
export function answerSchemas(states: readonly string[]): Record<string, Schema> {
  return { ...applications(states), ...catalogue, ...callbacks, ...operations };
}
