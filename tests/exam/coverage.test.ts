/** Where the fields go, told of the sound permit office and of operations made for it. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Example, Operation } from '../../src/adapter-kit/contract.ts';
import { examine, type CoverageRow, type Examined } from '../../src/adapter-kit/exam/index.ts';
import { variantsOf } from '../../src/adapter-kit/exam/mutate.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConnector } from '../../src/connectors/load.ts';
import { withAdapter } from './spoil.ts';

const clock = systemClock;
let sound: Examined;
beforeAll(async () => {
  sound = await loadConnector(join(import.meta.dirname, 'sound'), { clock, as: 'own' });
});

async function rowsOf(connector: Examined): Promise<CoverageRow[]> {
  const report = await examine(connector, { clock, interpreter: null, simulator: false, only: ['coverage'] });
  return report.coverage;
}

test('each field of a permit: sent, derived or dropped, and what the request has besides', async () => {
  const rows = (await rowsOf(sound)).filter(({ operation }) => operation === 'registerPermit');
  expect(rows.map(({ field, how, where }) => [field, how, ...where])).toEqual([
    ['/nik', 'sent', 'send /body/json/holder/nik'],
    ['/fullName', 'sent', 'send /body/json/holder/name'],
    ['/birthDate', 'derived', 'send /body/json/holder/born'],
    ['/amount', 'sent', 'send /body/json/fee'],
    ['/note', 'dropped', 'The office has no field for it; it stays with the application'],
    ['send /method', 'invented'],
    ['send /path', 'invented'],
    ['send /body/json/requestId', 'call', 'call.key'],
    ['compensation /method', 'invented'],
    ['compensation /path', 'invented'],
    ['compensation /query/requestId', 'call', 'call.key'],
    ['inquiry /method', 'invented'],
    ['inquiry /path', 'invented'],
    ['inquiry /query/requestId', 'call', 'call.key'],
  ]);
});

/** One operation with one example; its request's body is what `body` makes. */
function officeOf(
  input: object,
  value: Example['input'],
  body: (input: never, settings: Example['settings']) => unknown,
): Examined {
  const made = sound.examples.find(({ example }) => example.operation === 'checkPerson')!;
  const schema = { type: 'object', additionalProperties: false, ...input };
  const operation = {
    ...{ title: { id: 'Coba', en: 'Try' }, effect: 'read', input: schema, output: schema },
    request: (given: never, { settings }: { settings: Example['settings'] }) => ({
      method: 'POST',
      path: '/',
      body: { json: body(given, settings) },
    }),
    reply: () => ({ is: 'unknown', code: 'BAD_RESPONSE' }),
  } as unknown as Operation;
  const example = { ...made.example, operation: 'attempt', input: value };
  const { hosted: _, ...bare } = withAdapter(sound, { operations: { attempt: operation } }).adapter;
  return { ...sound, adapter: bare, examples: [{ file: 'examples/attempt.json', example }] };
}

test('members of a list, choices, amounts and dates are followed', async () => {
  const input = {
    properties: {
      members: {
        type: 'array',
        maxItems: 5,
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            nik: { type: 'string', pattern: '^[0-9]{16}$' },
            born: { type: 'string', format: 'date' },
          },
        },
      },
      sex: { enum: ['male', 'female'] },
      amount: { type: 'integer', minimum: 1, maximum: 100 },
      urgent: { type: 'boolean' },
      form: { const: 'F-1.02' },
    },
  };
  const value = {
    members: [
      { nik: '9901014508909999', born: '1990-08-05' },
      { nik: '9901010101019999', born: '2001-01-01' },
    ],
    sex: 'male',
    amount: 100,
    urgent: false,
    form: 'F-1.02',
  };
  const rows = await rowsOf(
    officeOf(input, value, ({ members, sex, amount, urgent }: typeof value) => ({
      niks: members.map(({ nik }) => nik),
      years: members.map(({ born }) => born.slice(0, 4)).join(),
      kelamin: sex === 'male' ? 'L' : 'P',
      cents: amount * 100,
      ...(urgent && { kilat: true }),
    })),
  );
  expect(
    rows.filter(({ field }) => field.startsWith('/')).map(({ field, how, where }) => [field, how, ...where]),
  ).toEqual([
    ['/members/0/nik', 'sent', 'send /body/json/niks/0'],
    ['/members/0/born', 'derived', 'send /body/json/years'],
    ['/sex', 'derived', 'send /body/json/kelamin'],
    ['/amount', 'derived', 'send /body/json/cents'],
    ['/urgent', 'derived', 'send /body/json/kilat'],
    ['/form', 'fixed'],
  ]);
});

test('a field that only half is sent is still found: every character is turned', async () => {
  const input = { properties: { nik: { type: 'string', pattern: '^[0-9]{16}$' } } };
  const rows = await rowsOf(
    officeOf(input, { nik: '9901014508909999' }, ({ nik }: { nik: string }) => ({
      district: nik.slice(0, 6),
    })),
  );
  expect(rows[0]).toMatchObject({ field: '/nik', how: 'derived', where: ['send /body/json/district'] });
});

test('settings are told from what is always the same', async () => {
  const input = { properties: { nik: { type: 'string', pattern: '^[0-9]{16}$' } } };
  const rows = await rowsOf(
    officeOf(input, { nik: '9901014508909999' }, ({ nik }: { nik: string }, { clientId }) => ({
      nik,
      by: clientId ?? '',
      form: 'A',
    })),
  );
  expect(rows.map(({ field, how, where }) => [field, how, ...where])).toEqual([
    ['/nik', 'sent', 'send /body/json/nik'],
    ['send /method', 'invented'],
    ['send /path', 'invented'],
    ['send /body/json/by', 'settings', 'clientId'],
    ['send /body/json/form', 'invented'],
  ]);
});

test.each([
  ['2026-01-31', /^20\d\d-\d\d-\d\d$/],
  ['2026-01-15T02:30:05.000Z', /^2026-\d\d-\d\dT\d\d:30:05\.000Z$/],
])('variants of %s are of its kind', (value, form) => {
  const variants = variantsOf(value);
  expect(variants.length).toBeGreaterThan(3);
  expect(variants.filter((one) => one === value || !form.test(String(one)))).toEqual([]);
});
