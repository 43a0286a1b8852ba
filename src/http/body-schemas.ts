/** What callers may send besides applications: one schema a body, for checking and for the API's description. */
import type { JsonObject } from '../domain/outcome.ts';
import { compile, type Check } from '../schema/validate.ts';

export interface Body {
  /** How its problems call it: "one thing is wrong with the …". */
  title: string;
  schema: object;
  check: Check;
}

export function body(title: string, schema: object): Body {
  return { title, schema, check: compile(schema) };
}

export const object = (required: string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** At least three visible characters: a person reads it later. */
export const reason = {
  description: 'Why. Kept sealed; the event holds its salted hash.',
  type: 'string',
  minLength: 3,
  maxLength: 500,
  pattern: String.raw`\S\s*\S\s*\S`,
};

export interface Act {
  reason: string;
}
export const ACT = body('act', object(['reason'], { reason }));

/** What a person says of a step whose outcome is unknown. */
export type Resolve = Act & { attempt?: number } & (
    { as: 'succeeded'; output: JsonObject } | { as: 'rejected'; code: string } | { as: 'notDone' }
  );
const as = (word: string): object => ({ const: word, type: 'string' });
const code = { description: 'Canonical reason code.', type: 'string', pattern: '^[A-Z][A-Z0-9_]{1,63}$' };
const attempt = {
  description: 'The last attempt that was looked into: refused when another was begun since.',
  type: 'integer',
  minimum: 0,
};
export const RESOLVE = body('resolution', {
  type: 'object',
  required: ['as'],
  discriminator: { propertyName: 'as' },
  oneOf: [
    object(['as', 'output', 'reason'], { as: as('succeeded'), output: { type: 'object' }, reason, attempt }),
    object(['as', 'code', 'reason'], { as: as('rejected'), code, reason, attempt }),
    object(['as', 'reason'], { as: as('notDone'), reason, attempt }),
  ],
});

/** Exactly one of three. Their values never stand in a URL. */
export type Search = { nik: string } | { phone: string } | { clientReference: string };
export const SEARCH = body('search', {
  ...object([], {
    nik: { type: 'string', format: 'nik', maxLength: 16 },
    phone: { type: 'string', format: 'phone', maxLength: 20 },
    clientReference: { type: 'string', minLength: 1, maxLength: 64 },
  }),
  minProperties: 1,
  maxProperties: 1,
});

export interface Endpoint {
  url: string;
  types?: string[];
}
export const ENDPOINT = body(
  'callback endpoint',
  object(['url'], {
    url: { description: 'https, a public host, at most 2048 characters.', type: 'string', minLength: 1 },
    types: {
      description: 'Event types to send; empty or absent for all.',
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: String.raw`^go\.mpp\.[a-z][A-Za-z]*(\.[a-z][A-Za-z]*){1,2}\.v1$`,
        maxLength: 100,
      },
    },
  }),
);

export interface Redeliver {
  applicationId: string;
  fromSequence?: number;
}
export const REDELIVER = body(
  'redelivery',
  object(['applicationId'], {
    applicationId: { type: 'string', format: 'uuid', maxLength: 36 },
    fromSequence: {
      description: 'Number of the first event to send again; default 1.',
      type: 'integer',
      minimum: 1,
    },
  }),
);

/** Fields and documents that were sent back, as they are to be. */
export const CORRECTIONS = body('corrections', {
  ...object([], {
    changes: {
      description: 'Fields by JSON pointer of the application.',
      type: 'array',
      maxItems: 100,
      items: object(['pointer', 'value'], {
        pointer: { type: 'string', pattern: '^(/[^/]{1,64}){1,12}$', maxLength: 500 },
        value: {},
      }),
    },
    documents: {
      description: 'Entries of documents, each in the place of one that was sent back; uploaded before.',
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        required: ['documentId', 'sha256', 'replaces'],
        properties: {
          documentId: { type: 'string', minLength: 1, maxLength: 64 },
          sha256: { type: 'string', pattern: '^[a-f0-9]{64}$' },
          replaces: { type: 'string', minLength: 1, maxLength: 64 },
        },
      },
    },
  }),
  minProperties: 1,
});

/** What a person decides where a route asks him. */
export const DECISION = body('decision', {
  type: 'object',
  required: ['as'],
  discriminator: { propertyName: 'as' },
  oneOf: [
    object(['as', 'output', 'reason'], {
      as: as('approved'),
      output: { type: 'object', description: "What was filled in, by the task's form." },
      reason,
    }),
    object(['as', 'code', 'reason'], {
      as: as('rejected'),
      code,
      text: { type: 'string', minLength: 1, maxLength: 2000 },
      reason,
    }),
    object(['as', 'corrections', 'reason'], {
      as: as('sendBack'),
      corrections: {
        description: 'Fields or documents that the applicant is to mend.',
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: object(['code'], {
          pointer: { type: 'string', pattern: '^(/[^/]{1,64}){1,12}$', maxLength: 500 },
          documentId: { type: 'string', minLength: 1, maxLength: 64 },
          code,
        }),
      },
      reason,
    }),
  ],
});
