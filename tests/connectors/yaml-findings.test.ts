/** What is wrong with a connector.yaml is said all at once, with place and fix; nothing in it can hurt the bus. */
import { describe, expect, test } from 'vitest';
import { yamlAdapter } from '../../src/connectors/yaml/index.ts';
import { connector, findingsOf, folderOf, type Parts } from './yaml-support.ts';

const MEANING = 'meaning: { id: a, en: b }';
const INQUIRY =
  'inquiry: { notBefore: 1s, trustAfter: 1m, request: { method: GET, path: /t }, reply: [{ when: { at: /x }, is: pending }] }';
const OK = 'is: ok, output: { number: reply.body.number }';

test('the connector of these tests has no mistakes', async () => {
  await expect(yamlAdapter(folderOf(connector()))).resolves.toMatchObject({ name: 'thing' });
});

test.each<[string, Partial<Parts>, string, string]>([
  ['an unknown field', { more: 'inqiry: 1' }, '/operations/act/inqiry unknown_field', 'Write "inquiry"'],
  [
    'an unknown effect',
    { effect: 'safe' },
    '/operations/act/effect invalid_value',
    'Allowed: read, keyed, inquirable, once',
  ],
  ['an unknown scheme', { signIn: '{ scheme: apikey }' }, '/signIn/scheme unknown_scheme', 'Write "apiKey"'],
  [
    'a setting that the scheme needs',
    { signIn: '{ scheme: basic }' },
    '/settings/properties/username missing_setting',
    'Add username',
  ],
  [
    'inquirable without an inquiry',
    { effect: 'inquirable' },
    '/operations/act/inquiry missing_inquiry',
    'Add an inquiry',
  ],
  [
    'a look-up that takes money',
    { effect: 'read', more: 'money: true' },
    '/operations/act/effect effect_of_read',
    'Write keyed',
  ],
  [
    'pending without an end',
    { reply: '[{ when: { at: /a }, is: pending }]' },
    '/operations/act pending_without_end',
    'Add an inquiry',
  ],
  ['ok without when', { reply: `[{ ${OK} }]` }, '/operations/act/reply/0/when unproved_case', 'Say in when'],
  [
    'ok by status alone',
    { reply: `[{ when: { status: 200 }, ${OK} }]` },
    '/operations/act/reply/0/when unproved_case',
    'Say in when',
  ],
  [
    'ok by an expression that looks at no body',
    { reply: `[{ when: reply.status < 300, ${OK} }]` },
    '/operations/act/reply/0/when unproved_case',
    'Say in when',
  ],
  [
    'an inquiry’s "never arrived" by a gateway’s 404',
    {
      more: INQUIRY.replace(
        '{ when: { at: /x }, is: pending }',
        '{ when: { status: 404 }, is: retry, code: NONE }',
      ),
      after: `errors: [{ signal: x, is: retry, code: NONE, ${MEANING} }]`,
    },
    '/operations/act/inquiry/reply/0/when unproved_case',
    'Say in when',
  ],
  [
    'a case after one that always holds',
    { reply: `[{ is: unknown, code: BAD_RESPONSE }, { when: { at: /number }, ${OK} }]` },
    '/operations/act/reply/0 unreachable',
    'Add when',
  ],
  [
    'a case without its code',
    { reply: '[{ when: { at: /a }, is: refused }]' },
    '/operations/act/reply/0/code missing_field',
    'Add code',
  ],
  [
    'a field of another outcome',
    { reply: '[{ when: { at: /a }, is: refused, code: AUTH_FAILED, output: {} }]' },
    '/operations/act/reply/0/output unknown_field',
    'Take it out',
  ],
  [
    'a code that nobody explains',
    { reply: '[{ when: { at: /a }, is: refused, code: NO_WAY }]' },
    '/operations/act/reply/0/code unexplained_code',
    'Add a row to errors',
  ],
  [
    'a code in small letters',
    { reply: '[{ when: { at: /a }, is: refused, code: no_way }]' },
    '/operations/act/reply/0/code invalid_value',
    'NIK_NOT_FOUND',
  ],
  [
    'a case that is none',
    { reply: '[{ when: { at: /a } }]' },
    '/operations/act/reply/0/is missing_field',
    'Add is, or use',
  ],
  [
    'cases that are not there',
    {
      reply: '[{ use: thng }]',
      after: 'cases: { thing: [{ when: { at: /a }, is: unknown, code: BAD_RESPONSE }] }',
    },
    '/operations/act/reply/0/use unknown_cases',
    'Write "thing"',
  ],
  [
    'a shared list in a shared list',
    { after: 'cases: { a: [{ use: b }], b: [{ when: { at: /a }, is: unknown, code: BAD_RESPONSE }] }' },
    '/cases/a/0/use nested_use',
    'Write its cases out',
  ],
  [
    'a field of the input',
    { request: '{ method: POST, path: /t, body: { json: { n: input.nam } } }' },
    '/operations/act/request/body/json/n unknown_name',
    'Write "name"',
  ],
  [
    'a setting',
    { request: '{ method: POST, path: "/{settings.brnch}" }' },
    '/operations/act/request/path unknown_name',
    'Write "branch"',
  ],
  [
    'a part of the call',
    { request: '{ method: POST, path: "/{call.tools}" }' },
    '/operations/act/request/path unknown_name',
    'Known: carry',
  ],
  [
    'a reply before there is one',
    { request: '{ method: POST, path: /t, query: { a: reply.body.x } }' },
    '/operations/act/request/query/a unknown_name',
    'Known: call, input, settings',
  ],
  [
    'a word without quotes',
    { request: '{ method: POST, path: /t, query: { a: MPP } }' },
    '/operations/act/request/query/a unknown_name',
    "Write 'MPP' in quotes",
  ],
  [
    'a secret in a reply',
    { reply: `[{ when: { at: /number }, is: ok, output: { number: settings.apiKey } }]` },
    '/operations/act/reply/0/output/number secret_read',
    'Read it in a request only',
  ],
  [
    'an expression with a mistake',
    { request: '{ method: POST, path: /t, query: { a: input.name + } }' },
    '/operations/act/request/query/a expression_syntax',
    'Mend the expression',
  ],
  [
    'a function that is not there',
    { request: '{ method: POST, path: /t, query: { a: $txt(input.name) } }' },
    '/operations/act/request/query/a expression_refused',
    'Write "text"',
  ],
  [
    'a regular expression',
    { request: '{ method: POST, path: /t, query: { a: "$contains(input.name, /(a|a)*b/)" } }' },
    '/operations/act/request/query/a expression_refused',
    'Say it with paths',
  ],
  [
    'an evaluated text',
    { request: `{ method: POST, path: /t, query: { a: "$eval('1')" } }` },
    '/operations/act/request/query/a expression_refused',
    'Known',
  ],
  [
    'a path that climbs out of its line',
    { request: '{ method: POST, path: "t?x=1" }' },
    '/operations/act/request/path invalid_path',
    'a query goes under query',
  ],
  [
    'two bodies',
    { request: '{ method: POST, path: /t, body: { json: 1, form: { a: 1 } } }' },
    '/operations/act/request/body body_kinds',
    'Write one of',
  ],
  [
    'a body of a GET',
    { request: '{ method: GET, path: /t, body: { json: 1 } }' },
    '/operations/act/request/body body_of_get',
    'Use query',
  ],
  [
    'XML with two roots',
    { request: '{ method: POST, path: /t, body: { xml: { a: 1, b: 2 } } }' },
    '/operations/act/request/body/xml xml_root',
    'Write one name',
  ],
  [
    'a part of two kinds',
    { request: '{ method: POST, path: /t, body: { multipart: [{ name: a, value: 1, json: 2 }] } }' },
    '/operations/act/request/body/multipart/0 part_kinds',
    'Write one of',
  ],
  [
    'an open schema',
    { input: '{ type: object, properties: { a: { type: string } } }' },
    '/operations/act/input schema_open',
    'additionalProperties: false',
  ],
  [
    'a schema that is none',
    { input: '{ type: object, additionalProperties: false, properties: { a: { type: strin } } }' },
    '/operations/act/input schema_invalid',
    'Mend the JSON Schema',
  ],
  [
    'a pattern that explodes',
    {
      input:
        "{ type: object, additionalProperties: false, properties: { a: { type: string, pattern: '^(a+)+$' } } }",
    },
    '/operations/act/input/properties/a/pattern schema_pattern',
    'Write it without',
  ],
  [
    'a secret that is not marked',
    {
      settings:
        '{ type: object, additionalProperties: false, properties: { baseUrl: { type: string }, apiKey: { type: string } } }',
    },
    '/settings/properties/apiKey secret_unmarked',
    'writeOnly: true',
  ],
  [
    'nowhere to call',
    {
      settings:
        '{ type: object, additionalProperties: false, properties: { apiKey: { type: string, writeOnly: true } } }',
    },
    '/settings/properties/baseUrl missing_setting',
    'Add baseUrl',
  ],
  [
    'an example of no operation',
    { example: '{ title: One, operation: atc, reply: { status: 500 }, outcome: { is: unknown } }' },
    '/examples/0/operation unknown_operation',
    'Write "act"',
  ],
  [
    'an example of no exchange',
    {
      example:
        '{ title: One, operation: act, exchange: inquiry, reply: { status: 500 }, outcome: { is: unknown } }',
    },
    '/examples/0/exchange unknown_exchange',
    'Add inquiry',
  ],
  ['no example at all', { example: '' }, '/examples invalid_value', 'proof'],
  [
    'news of no operation',
    {
      signIn: '{ scheme: apiKey, hosted: hmac }',
      after:
        'hosted: { news: { tells: atc, path: /n, read: { id: reply.body.id, outcome: [{ when: { at: /a }, is: refused, code: AUTH_FAILED }] } } }',
    },
    '/hosted/news/tells unknown_operation',
    'Write "act"',
  ],
  [
    'news by who cannot prove itself',
    {
      signIn: '{ scheme: none }',
      after:
        'hosted: { news: { tells: act, path: /n, read: { id: reply.body.id, outcome: [{ when: { at: /a }, is: refused, code: AUTH_FAILED }] } } }',
    },
    '/signIn/scheme scheme_one_way',
    'hosted: hmac',
  ],
  [
    'news that says what no news can',
    {
      after:
        'hosted: { news: { tells: act, path: /n, read: { id: reply.body.id, outcome: [{ when: { at: /a }, is: retry, code: RATE_LIMITED }] } } }',
    },
    '/hosted/news/read/outcome/0 misplaced_case',
    'Allowed: ok, refused, sendBack, pending',
  ],
  [
    'an undo that waits',
    {
      more: 'compensation: { effect: keyed, request: { method: DELETE, path: /t }, reply: [{ when: { at: /a }, is: pending }] }',
    },
    '/operations/act/compensation/reply/0 misplaced_case',
    'Allowed: ok, refused',
  ],
  [
    'an input that news does not have',
    {
      after:
        'cases: { a: [{ when: { at: /a }, is: refused, code: AUTH_FAILED, text: input.name }] }\nhosted: { news: { tells: act, path: /n, read: { id: reply.body.id, outcome: [{ use: a }] } } }',
    },
    '/hosted/news/read/outcome/0/use unknown_name',
    'Known: reply, settings',
  ],
])('%s', async (_, parts, place, fix) => {
  const { error } = await findingsOf(connector(parts));
  const found = error.findings.find(({ pointer, code }) => `${pointer} ${code}` === place);
  expect(found, error.message).toBeDefined();
  expect(found!.fix).toContain(fix);
  expect(found).toMatchObject({ file: 'connector.yaml', line: expect.any(Number) });
  expect(error).toMatchObject({
    code: 'connector_invalid',
    message: expect.stringContaining(`connector.yaml:${found!.line}`),
  });
});

test('all of them at once, in the order of the lines', async () => {
  const text = connector({
    effect: 'safe',
    signIn: '{ scheme: apikey }',
    request: '{ method: PSOT, path: /t, query: { a: input.nam } }',
    reply: `[{ ${OK} }]`,
    after: 'errrors: []',
  });
  const { short } = await findingsOf(text);
  expect(short).toEqual([
    '5 /signIn/scheme unknown_scheme',
    '7 /operations/act/effect invalid_value',
    '9 /operations/act/request/method invalid_value',
    '9 /operations/act/request/query/a unknown_name',
    '10 /operations/act/reply/0/when unproved_case',
    '11 /errrors unknown_field',
  ]);
});

describe('what is no connector', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'config_empty'],
    ['a word', 'thing', 'invalid_value'],
    ['YAML with a mistake', 'a: [', 'config_yaml'],
    ['a name twice', `${connector()}\nname: other\n`, 'duplicate_key'],
    ['a tag', 'name: !!js/function x', 'config_tag'],
    [
      'lists within each other',
      `${connector()}\ncases: ${'['.repeat(60)}${']'.repeat(60)}\n`,
      'connector_depth',
    ],
    ['thousands of them', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'config_yaml'],
    [
      'aliases of aliases',
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]`,
      'config_alias',
    ],
  ])('%s', async (_, text, code) => {
    const { error } = await findingsOf(text);
    expect(error.findings.map((one) => one.code)).toContain(code);
  });

  test('a byte order mark, and another encoding', async () => {
    const bytes = (more: number[]) => ({
      ...folderOf(''),
      files: new Map([['connector.yaml', new Uint8Array([...more, ...Buffer.from(connector())])]]),
    });
    await expect(yamlAdapter(bytes([0xef, 0xbb, 0xbf]))).rejects.toThrow('config_bom');
    await expect(yamlAdapter(bytes([0xff]))).rejects.toThrow('config_encoding');
  });

  test('a folder without the file', async () => {
    await expect(yamlAdapter({ path: '/x', kind: 'yaml', files: new Map() })).rejects.toThrow(
      'holds no connector.yaml',
    );
  });
});

test('names of prototypes are names like others', async () => {
  const { error } = await findingsOf(
    connector({ request: '{ method: POST, path: /t, query: { a: input.constructor, b: input.__proto__ } }' }),
  );
  expect(error.findings.map(({ pointer }) => pointer)).toEqual([
    '/operations/act/request/query/a',
    '/operations/act/request/query/b',
  ]);
});
