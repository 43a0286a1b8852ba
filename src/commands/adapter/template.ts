/** What both forms of a new connector share: one operation of an imagined registry, its schemas, examples and guide. */
import type { Example, JsonObject, JsonSchema } from '../../adapter-kit/contract.ts';

/** `land-office` as `Land office`. */
export function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

export function settingsSchema(name: string): JsonSchema {
  return {
    $schema: DIALECT,
    title: `${titleOf(name)} settings`,
    type: 'object',
    additionalProperties: false,
    required: ['baseUrl', 'apiKey'],
    properties: {
      baseUrl: {
        type: 'string',
        format: 'uri',
        pattern: '^https?://',
        maxLength: 200,
        title: 'Base URL',
        description: 'Root of the agency’s API, such as https://agency.example.',
      },
      apiKey: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        writeOnly: true,
        title: 'API key',
        description: 'Sent as x-api-key on every request.',
      },
    },
  };
}

export const INPUT: JsonSchema = {
  $schema: DIALECT,
  title: 'Who is to be registered',
  type: 'object',
  additionalProperties: false,
  required: ['nik', 'fullName', 'birthDate'],
  properties: {
    nik: {
      type: 'string',
      pattern: '^[0-9]{16}$',
      title: 'NIK',
      description: 'National identity number, 16 digits.',
    },
    fullName: {
      type: 'string',
      minLength: 1,
      maxLength: 150,
      title: 'Full name',
      description: 'As in the register of residents.',
    },
    birthDate: {
      type: 'string',
      format: 'date',
      title: 'Birth date',
      description: 'Calendar date, yyyy-MM-dd.',
    },
  },
};

export const OUTPUT: JsonSchema = {
  $schema: DIALECT,
  title: 'Registered',
  type: 'object',
  additionalProperties: false,
  required: ['registrationNumber'],
  properties: {
    registrationNumber: {
      type: 'string',
      minLength: 1,
      maxLength: 60,
      title: 'Registration number',
      description: 'The agency’s own number.',
    },
  },
};

export const SETTINGS: JsonObject = { baseUrl: 'https://agency.example', apiKey: 'contoh-kunci' };

const PERSON: JsonObject = { nik: '9901014508909999', fullName: 'Contoh Ibu', birthDate: '1990-08-05' };
const KEY = '10000000000000000001';
const CALL = { key: KEY, tryKey: `${KEY}0001`, now: '2026-01-15T02:30:05.000Z' };

interface Shown {
  file: string;
  title: string;
  reply: Example['reply'];
  outcome: Example['outcome'];
}

const json = (status: number, body: JsonObject): Example['reply'] => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
});
const page = (status: number, headers: Record<string, string> = {}): Example['reply'] => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: '<html>Gateway</html>',
  type: 'text/html',
});

/** Every answer that the imagined agency gives, and those of a gateway before it. */
export const SHOWN: Shown[] = [
  {
    file: 'ok',
    title: 'Registered',
    reply: json(200, { status: 'DONE', registrationNumber: 'REG-000001' }),
    outcome: { is: 'ok', output: { registrationNumber: 'REG-000001' } },
  },
  {
    file: 'without-number',
    title: 'Registered, and by which number is not said',
    reply: json(200, { status: 'DONE' }),
    outcome: { is: 'unknown', code: 'BAD_RESPONSE' },
  },
  {
    file: 'not-found',
    title: 'The agency does not know the NIK',
    reply: json(200, { status: 'REFUSED', code: 'NIK_UNKNOWN' }),
    outcome: { is: 'refused', code: 'NIK_NOT_FOUND' },
  },
  {
    file: 'unauthorized',
    title: 'The key was refused',
    reply: json(401, { code: 'BAD_API_KEY' }),
    outcome: { is: 'away', code: 'AUTH_FAILED' },
  },
  {
    file: 'too-many',
    title: 'Too many requests',
    reply: page(429, { 'retry-after': '30' }),
    outcome: { is: 'retry', code: 'RATE_LIMITED', afterSeconds: 30 },
  },
  {
    file: 'unavailable',
    title: 'The agency does not serve now',
    reply: page(503),
    outcome: { is: 'retry', code: 'AGENCY_UNAVAILABLE' },
  },
  {
    file: 'lost',
    title: 'The answer was lost on the way',
    reply: page(504),
    outcome: { is: 'unknown', code: 'HTTP_504' },
  },
];

/** The whole example that a row of `SHOWN` stands for. */
export function exampleOf({ title, reply, outcome }: Shown): Example {
  const { birthDate: _, ...person } = PERSON;
  const body = { ...person, born: '05-08-1990' };
  return {
    title,
    operation: 'register',
    settings: SETTINGS,
    input: PERSON,
    call: CALL,
    request: { method: 'PUT', path: `/registrations/${KEY}`, body: { json: body } },
    reply,
    outcome,
  };
}

export function guideOf(name: string): string {
  return `# ${titleOf(name)}

Registers a person. **This guide is to be rewritten**: say here what an integrator must get from the agency, and how the agency speaks. If it has no public API, say so plainly.

## What to get from the agency

| setting   | note                                |
| --------- | ----------------------------------- |
| \`baseUrl\` | root of the API                     |
| \`apiKey\`  | sent as \`x-api-key\` on every request |

## \`register\`

\`PUT /registrations/{our key}\` \`{nik, fullName, born}\`, \`born\` as dd-MM-yyyy. 200 \`{"status":"DONE","registrationNumber"}\` or \`{"status":"REFUSED","code":"NIK_UNKNOWN"}\`. The same key again is the same registration, so the bus may send it again after a lost answer (_keyed_).
`;
}
