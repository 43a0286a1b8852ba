/** Hostile bodies at intake: each is refused by its own code, echoes nothing and stores nothing. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/domain/outcome.ts';
import { refuses, type Row } from '../http/hostile-rows.ts';
import { applicant, application, PHOTO, REAL, smallWorld, type SmallWorld } from '../http/world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await smallWorld();
});
afterAll(() => world.close());

const JSON_HEADERS = { 'content-type': 'application/json', 'idempotency-key': 'hostile' };
/** The text of an application with a member more. */
const withText = (member: string): string => `${JSON.stringify(application()).slice(0, -1)},${member}}`;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

type Raw = [name: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string];

const unreadable: Raw[] = [
  ['one byte over the limit', withText(`"x":"${'x'.repeat(1_048_576)}"`), 413, 'body_too_large'],
  ['nested 65 deep', withText(`"formData2":${nested(65)}`), 400, 'json_too_deep'],
  ['nested 100,000 deep', withText(`"x":${'['.repeat(100_000)}`), 400, 'json_too_deep'],
  ['half a million items', withText(`"x":[${'0,'.repeat(500_000)}0]`), 400, 'json_too_many_nodes'],
  ['a key twice', withText('"channel":"self"'), 400, 'json_duplicate_key'],
  ['__proto__', withText('"__proto__":{"sandbox":true}'), 400, 'json_forbidden_key'],
  ['constructor.prototype', withText('"constructor":{"prototype":{}}'), 400, 'json_forbidden_key'],
  ['an escaped __proto__', withText(String.raw`"\u005f_proto__":1`), 400, 'json_forbidden_key'],
  ['NUL', withText(String.raw`"x":"a\u0000b"`), 400, 'control_character'],
  ['an escape sequence', withText(String.raw`"x":"\u001b[31m"`), 400, 'control_character'],
  ['a right-to-left override', withText(String.raw`"x":"\u202e"`), 400, 'control_character'],
  ['a lone surrogate', withText(String.raw`"x":"\ud800"`), 400, 'encoding'],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d]), 400, 'encoding'],
  ['UTF-16', new Uint8Array(Buffer.from('{"a":1}', 'utf16le')), 400, 'encoding'],
  ['a byte order mark', `\ufeff${withText('"x":1')}`, 400, 'encoding'],
  ['2^53 + 1', withText('"x":9007199254740993'), 400, 'number_not_exact'],
  ['1e400', withText('"x":1e400'), 400, 'number_out_of_range'],
  ['negative zero', withText('"x":-0'), 400, 'number_out_of_range'],
  ['NaN', withText('"x":NaN'), 400, 'json_syntax'],
  ['hexadecimal', withText('"x":0x1'), 400, 'json_syntax'],
  ['a leading zero', withText('"x":01'), 400, 'json_syntax'],
  ['two documents', '{}{}', 400, 'json_syntax'],
  ['a comment', withText('"x":1/* x */'), 400, 'json_syntax'],
  ['single quotes', "{'a':1}", 400, 'json_syntax'],
  ['an empty body', '', 400, 'json_syntax'],
  ['null', 'null', 422, 'schema'],
  ['a list', '[]', 422, 'schema'],
  ['a string', '"x"', 422, 'schema'],
  ['an empty object', '{}', 422, 'missing_field'],
];

describe('a body that cannot be read', () => {
  test.each(unreadable)('%s', async (name, body, status, code) => {
    await refuses(world, { name, method: 'POST', headers: JSON_HEADERS, body, status, code });
  });
});

const types: [name: string, headers: Record<string, string>, code: string][] = [
  ['no content type', {}, 'content_type'],
  ['text', { 'content-type': 'text/plain' }, 'content_type'],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'content_type'],
  ['XML', { 'content-type': 'application/xml' }, 'content_type'],
  ['JSON in a name only', { 'content-type': 'application/jsonp' }, 'content_type'],
  ['another character set', { 'content-type': 'application/json; charset=utf-16' }, 'content_type'],
  ['gzip', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'content_encoding'],
  [
    'gzip twice',
    { 'content-type': 'application/json', 'content-encoding': 'gzip, gzip' },
    'content_encoding',
  ],
];

describe('a content type that is not taken', () => {
  test.each(types)('%s', async (name, headers, code) => {
    const body = new Uint8Array(Buffer.from(JSON.stringify(application())));
    await refuses(world, {
      name,
      method: 'POST',
      headers: { 'idempotency-key': 'x', ...headers },
      body,
      status: 415,
      code,
    });
  });
});

const document = (fields: JsonObject): JsonObject => ({
  documents: [
    {
      ...{ documentId: 'photo-1', documentTypeCode: 'PHOTO', mediaType: 'image/jpeg', sizeBytes: 433 },
      ...{ fileName: 'photo.jpg', sha256: hash('sha256', PHOTO, 'hex'), ...fields },
    },
  ],
});
const nik = (value: JsonValue): JsonObject => applicant({ nik: value });
const born = (value: string): JsonObject => applicant({ birthDate: value });
const captured = (value: string): JsonObject => ({ capture: { capturedAt: value } });

type Invalid = [name: string, fields: JsonObject, code: string, pointer: string];

const invalid: Invalid[] = [
  ['an unknown field', { flavour: 'x' }, 'unknown_field', '/flavour'],
  ['a NIK as a field name', { '9901011405019999': 'x' }, 'unknown_field', ''],
  ['status', { status: 'completed' }, 'unknown_field', '/status'],
  ['state', { state: 'completed' }, 'unknown_field', '/state'],
  ['platform', { platform: REAL }, 'unknown_field', '/platform'],
  ['tenant_id', { tenant_id: 'x' }, 'unknown_field', '/tenant_id'],
  ['role of a party', applicant({ role: 'operator' }), 'unknown_field', '/applicant/role'],
  ['sandbox', { sandbox: false }, 'unknown_field', '/sandbox'],
  [
    'an unknown field of the form',
    { formData: { purpose: 'Kerja', price: 0 } },
    'unknown_field',
    '/formData/price',
  ],
  ['no form data', { formData: {} }, 'missing_field', '/formData/purpose'],
  ['an unknown service', { serviceCode: 'POLRES.NONE' }, 'unknown_service', '/serviceCode'],
  ['an object as service', { serviceCode: { toString: 'x' } }, 'schema', '/serviceCode'],
  ['another version of the service', { serviceVersion: '9.0.0' }, 'service_version', '/serviceVersion'],
  ['an unknown site', { mppSiteCode: 'MPP-6112-99' }, 'unknown_site', '/mppSiteCode'],
  ['a region that is none', { jurisdictionCode: '00.00' }, 'region_invalid', '/jurisdictionCode'],
  ['a region that nobody serves', { jurisdictionCode: '31.71' }, 'region_not_served', '/jurisdictionCode'],
  ['an unknown channel', { channel: 'fax' }, 'schema', '/channel'],
  ['a NIK of 15 digits', nik('990101140501999'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of 17 digits', nik('99010114050199990'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of letters', nik('99010114050199AB'), 'nik_invalid', '/applicant/nik'],
  ['a NIK with spaces', nik('9901 0114 0501 9'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of full-width digits', nik('９９０１０１１４０５０１９９９９'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of a 32nd day', nik('9901013205019999'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of province 00', nik('0001011405019999'), 'nik_invalid', '/applicant/nik'],
  ['a NIK of serial 0000', nik('9901011405010000'), 'nik_invalid', '/applicant/nik'],
  ['a NIK as a number', nik(9901011405), 'schema', '/applicant/nik'],
  ['30 February', born('2026-02-30'), 'date_invalid', '/applicant/birthDate'],
  ['the year 0000', born('0000-01-01'), 'date_invalid', '/applicant/birthDate'],
  ['the year 9999', born('9999-01-01'), 'date_invalid', '/applicant/birthDate'],
  ['a time without zone', captured('2026-11-18T08:31:00'), 'date_invalid', '/capture/capturedAt'],
  ['an offset of 24 hours', captured('2026-11-18T08:31:00+24:00'), 'date_invalid', '/capture/capturedAt'],
  ['second 61', captured('2026-11-18T08:31:61Z'), 'date_invalid', '/capture/capturedAt'],
  [
    'a name of 10,000 characters',
    applicant({ fullName: 'x'.repeat(10_000) }),
    'schema',
    '/applicant/fullName',
  ],
  [
    '10,000 combining marks',
    applicant({ fullName: `a${'\u0301'.repeat(10_000)}` }),
    'schema',
    '/applicant/fullName',
  ],
  [
    'a document never uploaded',
    document({ sha256: 'a'.repeat(64) }),
    'document_missing',
    '/documents/0/sha256',
  ],
  ['a digest in capitals', document({ sha256: 'A'.repeat(64) }), 'schema', '/documents/0/sha256'],
  ['a document of 0 bytes', document({ sizeBytes: 0 }), 'schema', '/documents/0/sizeBytes'],
  ['a document of 11 MB', document({ sizeBytes: 11_534_336 }), 'schema', '/documents/0/sizeBytes'],
  ['a document as HTML', document({ mediaType: 'text/html' }), 'schema', '/documents/0/mediaType'],
  [
    'a document with its bytes',
    document({ data: 'data:image/png;base64,AAAA' }),
    'unknown_field',
    '/documents/0/data',
  ],
  ['a file name up the tree', document({ fileName: '../../etc/passwd' }), 'schema', '/documents/0/fileName'],
  [
    'a file name of 300 bytes',
    document({ fileName: `${'x'.repeat(300)}.jpg` }),
    'schema',
    '/documents/0/fileName',
  ],
];

describe('a body that does not hold', () => {
  test.each(invalid)('%s', async (name, fields, code, pointer) => {
    const headers = { 'idempotency-key': 'hostile' };
    const row: Row = {
      name,
      headers,
      json: application(fields),
      status: 422,
      code,
      pointer,
      canaries: ['99010114050', 'x'.repeat(40)],
    };
    await refuses(world, row);
  });

  test('has every problem named at once', async () => {
    const fields = {
      ...nik('1'),
      channel: 'fax',
      serviceCode: 'POLRES.SKCK',
      formData: { price: 1 },
      extra: 1,
    };
    const sent = await refuses(world, {
      ...{
        name: 'five',
        headers: { 'idempotency-key': 'x' },
        json: application(fields),
        status: 422,
        code: 'schema',
      },
    });
    const pointers = (sent.body['problems'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual([
      '/applicant/nik',
      '/channel',
      '/extra',
      '/formData/price',
      '/formData/purpose',
    ]);
  });

  test('has at most 100 problems, however many there are', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 1]));
    const sent = await refuses(world, {
      ...{
        name: 'many',
        headers: { 'idempotency-key': 'x' },
        json: application(fields),
        status: 422,
        code: 'unknown_field',
      },
    });
    expect(sent.body['problems']).toHaveLength(100);
  });

  test('points no further than a problem may, however deep it lies', async () => {
    const service = world.catalogue.services.get('POLRES.SKCK')!;
    let deep: JsonValue = 1;
    let form: JsonObject = { type: 'string' };
    for (let n = 0; n < 20; n += 1) {
      deep = { [`field${n}${'x'.repeat(50)}`]: deep };
      form = { type: 'object', additionalProperties: form };
    }
    world.catalogue.services.set(service.code, { ...service, form });
    const row = {
      name: 'deep',
      headers: { 'idempotency-key': 'x' },
      json: application({ formData: deep }),
      status: 422,
      code: 'schema',
    };
    const sent = await refuses(world, row).finally(() => world.catalogue.services.set(service.code, service));
    const [{ pointer }] = sent.body['problems'] as [{ pointer: string }];
    expect(pointer).toMatch(/^\/formData(\/field\d+x{50})+$/);
  });
});

test('province 99 on a platform that is no sandbox', async () => {
  const key = await world.key(REAL);
  const row = {
    name: 'real',
    key,
    headers: { 'idempotency-key': 'x' },
    json: application(),
    status: 422,
    code: 'sandbox_only',
  };
  const sent = await refuses(world, row);
  const pointers = (sent.body['problems'] as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(['/applicant/nik', '/jurisdictionCode']));
});

test('a stream without a length is cut at the limit, not read to its end', async () => {
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(chunk);
    },
  });
  const init = {
    method: 'POST',
    headers: { ...JSON_HEADERS, authorization: `Bearer ${await world.key()}` },
    body,
    duplex: 'half',
  } as RequestInit;
  const response = await world.bus.app.request('/v1/applications', init);
  expect(response.status).toBe(413);
  expect(pulled).toBeLessThan(20);
});

test('what is odd and not wrong is taken', async () => {
  const fields = {
    ...applicant({ fullName: '\u212b\u0301 <img onerror=alert(1)>', birthDate: '2001-05-15' }),
    locale: 'id',
  };
  const sent = await world.submit(application(fields));
  expect(sent.status).toBe(202);
  expect(sent.body['warnings']).toEqual([
    { pointer: '/applicant/nik', code: 'nik_birth_date_differs', detail: 'says another day than birthDate' },
  ]);
});
