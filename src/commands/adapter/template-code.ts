/** A new connector in code: adapter, schemas, examples, stand-in and guide. */
import { exampleOf, guideOf, INPUT, OUTPUT, settingsSchema, SHOWN, titleOf } from './template.ts';

/** Path in the folder → text. */
export function codeFiles(name: string): Record<string, string> {
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'adapter.ts': adapterOf(name),
    'simulator.ts': simulatorOf(name),
    'guide.md': guideOf(name),
    'schemas/settings.json': text(settingsSchema(name)),
    'schemas/register.input.json': text(INPUT),
    'schemas/register.output.json': text(OUTPUT),
    ...Object.fromEntries(
      SHOWN.map((shown) => [`examples/register-${shown.file}.json`, text(exampleOf(shown))]),
    ),
  };
}

function adapterOf(name: string): string {
  return `/** ${titleOf(name)}: registers a person. */
import type { Adapter, Call, JsonObject, JsonValue, Operation, Outcome, WireReply } from 'jembatan/kit';
import input from './schemas/register.input.json' with { type: 'json' };
import output from './schemas/register.output.json' with { type: 'json' };
import settings from './schemas/settings.json' with { type: 'json' };

interface Person {
  nik: string;
  fullName: string;
  birthDate: string;
}

const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

/** The agency's own code first, HTTP second; what cannot be read is never taken for success. */
function readReply(wire: WireReply, _person: Person, call: Call): Outcome {
  const body = objectOf(wire.body);
  const registrationNumber = body['registrationNumber'];
  if (body['status'] === 'DONE' && typeof registrationNumber === 'string' && registrationNumber !== '') {
    return { is: 'ok', output: { registrationNumber } };
  }
  if (body['status'] === 'REFUSED' && body['code'] === 'NIK_UNKNOWN') {
    return { is: 'refused', code: 'NIK_NOT_FOUND' };
  }
  return call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

function objectOf(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The key in the path makes it keyed: the same key again is the same registration. */
const register = {
  title: { id: 'Daftarkan', en: 'Register a person' },
  effect: 'keyed',
  input,
  output,
  request: ({ nik, fullName, birthDate }, call) => ({
    method: 'PUT',
    path: \`/registrations/\${call.key}\`,
    body: { json: { nik, fullName, born: birthDate.split('-').reverse().join('-') } },
  }),
  reply: readReply,
} satisfies Operation<Person>;

export default {
  name: '${name}',
  version: '1.0.0',
  title: { id: '${titleOf(name)}', en: '${titleOf(name)}' },
  settings,
  signIn: { scheme: 'apiKey' },
  operations: { register },
  errors: [
    {
      signal: 'REFUSED NIK_UNKNOWN',
      is: 'refused',
      code: 'NIK_NOT_FOUND',
      meaning: { id: 'NIK tidak dikenal', en: 'The NIK is not known' },
    },
    {
      signal: 'HTTP 401, 403',
      is: 'away',
      code: 'AUTH_FAILED',
      meaning: { id: 'Kunci ditolak', en: 'The key was refused' },
    },
    {
      signal: 'HTTP 429',
      is: 'retry',
      code: 'RATE_LIMITED',
      meaning: { id: 'Terlalu banyak permintaan', en: 'Too many requests' },
    },
    {
      signal: 'HTTP 503',
      is: 'retry',
      code: 'AGENCY_UNAVAILABLE',
      meaning: { id: 'Layanan tidak tersedia', en: 'The agency does not serve now' },
    },
    {
      signal: 'HTTP 504',
      is: 'unknown',
      code: 'HTTP_504',
      meaning: { id: 'Jawaban hilang', en: 'The answer was lost on the way' },
    },
    {
      signal: 'anything else',
      is: 'unknown',
      code: 'BAD_RESPONSE',
      meaning: { id: 'Jawaban tidak terbaca', en: 'A reply that cannot be read' },
    },
  ],
} satisfies Adapter;
`;
}

function simulatorOf(name: string): string {
  return `/** The stand-in of ${titleOf(name)}: registers whoever is put under a key, once. */
import { simulator, type Leaves, type MakeSimulator } from 'jembatan/simulator';

/** A NIK that ends in 9921 is not known. */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, ({ app, enter }) => {
    const numbers = new Map<string, string>();
    app.put('/registrations/:key', async (c) => {
      if (c.req.header('x-api-key') !== options.settings['apiKey']) return c.json({ code: 'BAD_API_KEY' }, 401);
      const { nik } = await c.req.json<{ nik?: unknown }>();
      if (typeof nik !== 'string') return c.json({ code: 'BAD_FORM' }, 400);
      if (nik.endsWith('9921')) return c.json({ status: 'REFUSED', code: 'NIK_UNKNOWN' });
      const key = c.req.param('key');
      if (!numbers.has(key)) {
        numbers.set(key, \`REG-\${String(numbers.size + 1).padStart(6, '0')}\`);
        enter('registration', key);
      }
      return c.json({ status: 'DONE', registrationNumber: numbers.get(key) });
    });
    return {};
  });

export const leaves: Leaves = { register: 'registration' };
`;
}
