/** What an adapter must look like to be taken from a stranger: every field of the contract, and none besides. */
import type { JsonObject } from '../../domain/outcome.ts';

const ids = '^[a-zA-Z][a-zA-Z0-9]{0,62}$';
const text = { type: 'string', minLength: 1, maxLength: 300 };
const both = {
  type: 'object',
  required: ['id', 'en'],
  additionalProperties: false,
  properties: { id: text, en: text },
};
const schema = { type: 'object' };
const span = { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhd]$' };
const effect = { enum: ['read', 'keyed', 'inquirable', 'once'] };
/** Where a function stands in the text that the interpreter gives. */
const fn = { const: '[function]' };
const names = (value: object): object => ({
  type: 'object',
  propertyNames: { pattern: ids },
  additionalProperties: value,
});
const closed = (required: string[], properties: JsonObject | Record<string, object>): object => ({
  ...{ type: 'object', required, additionalProperties: false, properties },
});

const operation = closed(['title', 'effect', 'input', 'output', 'request', 'reply'], {
  ...{ title: both, effect, money: { const: true }, input: schema, output: schema, settings: schema },
  ...{ timeout: span, timeEnds: { const: true }, waits: span, request: fn, reply: fn },
  drops: { type: 'object', propertyNames: { pattern: '^/' }, additionalProperties: text },
  inUrl: { type: 'object', propertyNames: { pattern: '^/' }, additionalProperties: text },
  inquiry: closed(['notBefore', 'trustAfter', 'request', 'reply'], {
    ...{ notBefore: span, trustAfter: span, request: fn, reply: fn },
  }),
  compensation: closed(['effect', 'request', 'reply'], { effect, request: fn, reply: fn }),
});

const hosted = {
  ...closed(['path', 'read', 'answer'], {
    path: { type: 'string', pattern: '^/[\\x21-\\x7e]{0,200}$' },
    method: { enum: ['POST', 'PUT', 'GET'] },
    proof: { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9-]{0,62}$' },
    grants: { const: 'bearer' },
    ...{ asks: { type: 'string', pattern: ids }, tells: { type: 'string', pattern: ids } },
    opens: { type: 'string', pattern: '^[A-Z][A-Z0-9.-]{1,99}$' },
    ...{ read: fn, answer: fn },
  }),
  anyOf: [{ required: ['grants'] }, { required: ['asks'] }, { required: ['tells'] }, { required: ['opens'] }],
};

const errorRow = closed(['signal', 'is', 'code', 'meaning'], {
  signal: text,
  is: { enum: ['refused', 'sendBack', 'retry', 'unknown', 'away'] },
  code: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' },
  meaning: both,
});

export const ADAPTER_SHAPE: object = closed(
  ['name', 'version', 'title', 'settings', 'signIn', 'operations'],
  {
    name: { type: 'string', pattern: '^[a-z][a-zA-Z0-9-]{0,62}$' },
    version: { type: 'string', pattern: '^(0|[1-9][0-9]{0,3})(\\.(0|[1-9][0-9]{0,5})){2}$' },
    title: both,
    settings: schema,
    signIn: {
      anyOf: [
        closed(['scheme'], { scheme: { type: 'string', pattern: ids } }),
        closed([], { open: closed(['request', 'reply'], { request: fn, reply: fn }), sign: fn, verify: fn }),
      ],
    },
    operations: { ...names(operation), minProperties: 1 },
    hosted: names(hosted),
    errors: { type: 'array', maxItems: 1000, items: errorRow },
  },
);
