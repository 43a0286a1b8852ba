/** Connectors without code: what they send and what they make of an answer. */
import { describe, expect, test } from 'vitest';
import type { HostedMessage, HostedNews, JsonObject } from '../../src/adapter-kit/contract.ts';
import { tools } from '../../src/adapter-kit/tools.ts';
import { yamlExamples } from '../../src/connectors/yaml/index.ts';
import {
  adapterOf,
  callOf,
  connector,
  folderOf,
  outcomeOf,
  SETTINGS,
  wireOf,
  type Parts,
} from './yaml-support.ts';

describe('requests', () => {
  const made = async (request: string, input: JsonObject, call = callOf()) => {
    const { act } = (await adapterOf({ request })).operations;
    return act!.request(input, call);
  };

  test('a path holds its values encoded, and never an empty one', async () => {
    const request =
      '{ method: GET, path: "/b/{settings.branch}/{input.name}/x", query: { q: input.born, n: 3 } }';
    expect(await made(request, { name: 'a/../ü' })).toEqual({
      method: 'GET',
      path: '/b/B%201/a%2F..%2F%C3%BC/x',
      query: { n: '3' },
    });
    await expect(async () => made(request, { name: ' ' })).rejects.toThrow('Nothing stands for {input.name}');
    await expect(async () => made(request, {})).rejects.toThrow('in the path');
  });

  test.each<[string, string, JsonObject, unknown]>([
    [
      'json',
      `{ json: { name: input.name, fixed: "'MPP'", n: 1, none: input.born, deep: [input.name, { flag: input.flag }] } }`,
      { name: 'A', flag: false },
      { json: { name: 'A', fixed: 'MPP', n: 1, deep: ['A', { flag: false }] } },
    ],
    ['a whole value as json', '{ json: input.list }', { list: ['a', 'b'] }, { json: ['a', 'b'] }],
    [
      'a document in json',
      `{ json: { photo: { document: input.photo, as: "'base64'" } } }`,
      { photo: 'd1' },
      { json: { photo: { document: 'd1', as: 'base64' } } },
    ],
    [
      'form',
      '{ form: { a: input.count, b: input.flag, c: input.born } }',
      { count: 2, flag: true },
      { form: { a: '2', b: 'true' } },
    ],
    [
      'xml',
      `{ xml: { Req: { $: { id: call.key }, Name: input.name } } }`,
      { name: 'A' },
      { xml: { Req: { $: { id: '10000000000000000001' }, Name: 'A' } } },
    ],
    [
      'soap',
      `{ soap: { version: '1.1', action: 'urn:x', namespaces: { t: 'urn:t' }, header: { 't:k': settings.branch }, body: { 't:Req': { n: input.name } } } }`,
      { name: 'A' },
      {
        soap: {
          version: '1.1',
          action: 'urn:x',
          namespaces: { t: 'urn:t' },
          header: { 't:k': 'B 1' },
          body: { 't:Req': { n: 'A' } },
        },
      },
    ],
    [
      'multipart, what is not there left out',
      `{ multipart: [{ name: data, json: { n: input.name } }, { name: v, value: input.count }, { name: w, value: input.born }, { name: photo, document: input.photo, fileName: p.jpg }] }`,
      { name: 'A', count: 3, photo: 'd1' },
      {
        multipart: [
          { name: 'data', json: { n: 'A' } },
          { name: 'v', value: '3' },
          { name: 'photo', document: 'd1', as: 'part', fileName: 'p.jpg' },
        ],
      },
    ],
    [
      'a document',
      '{ document: input.photo, as: base64 }',
      { photo: 'd1' },
      { document: 'd1', as: 'base64' },
    ],
  ])('%s', async (_, body, input, expected) => {
    const request = await made(`{ method: POST, path: /things, body: ${body} }`, input);
    expect(request).toEqual({ method: 'POST', path: '/things', body: expected });
  });

  test('a plain one is there at once, one with JSONata is a promise', async () => {
    const plain = await adapterOf({
      request: '{ method: POST, path: "/t/{call.key}", body: { json: { n: input.name } } }',
    });
    expect(plain.operations['act']!.request({}, callOf())).not.toBeInstanceOf(Promise);
    const worked = await adapterOf({
      request: '{ method: POST, path: /t, body: { json: { n: $uppercase(input.name) } } }',
    });
    expect(worked.operations['act']!.request({ name: 'a' }, callOf())).toBeInstanceOf(Promise);
  });

  test.each<[string, unknown]>([
    ["$writeDate(input.born, 'dd/MM/yyyy')", '31/01/2026'],
    ["$readDate('31-01-2026', 'dd-MM-yyyy')", '2026-01-31'],
    ["$readDate('31/01/2026', 'dd-MM-yyyy')", undefined],
    ["$readDate('1-1-2026', 'dd-MM-yyyy')", undefined],
    ["$zoned(call.now, 'Asia/Jakarta', 'yyyyMMddHHmmss')", '20260116003005'],
    ["$nextMidnight(call.now, 'Asia/Jakarta')", '2026-01-17T00:00:00+07:00'],
    ['$base64(input.name)', 'w7w='],
    ["$lookup({ 'a': 1, 'b': 2 }, 'b')", 2],
    ["$lookup({ 'a': 1 }, '__proto__')", undefined],
    ["$lookup({ 'a': 1 }, 'constructor')", undefined],
    ['$text(input.count)', '7'],
    ['$text(input.list)', undefined],
    ["$text('  ')", undefined],
    ['$type(input.list)', 'array'],
    ['$type(input.nothing)', undefined],
    ["$pad(input.name, -3, '0')", '00ü'],
  ])('%s', async (expression, expected) => {
    const input = '{ type: object, additionalProperties: true }';
    const request = `{ method: POST, path: /t, body: { json: { v: "${expression}" } } }`;
    const { act } = (await adapterOf({ input, request })).operations;
    const given = { name: 'ü', born: '2026-01-31', count: 7, list: ['a'] };
    expect(await act!.request(given, callOf())).toMatchObject({
      body: { json: expected === undefined ? {} : { v: expected } },
    });
  });
});

describe('replies', () => {
  test.each<[string, string, Parameters<typeof wireOf>, object]>([
    [
      'ok by what stands in the body',
      DEFAULT_REPLY(),
      [200, { number: 5 }],
      { is: 'ok', output: { number: '5' } },
    ],
    [
      'an output that does not fit is unreadable',
      DEFAULT_REPLY(),
      [200, { number: '' }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'nothing that it knows is unreadable',
      DEFAULT_REPLY(),
      [200, { other: 1 }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'a page is unreadable',
      DEFAULT_REPLY(),
      [200, '<html>', { type: 'text/html' }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    ['401 by status', DEFAULT_REPLY(), [401, null], { is: 'away', code: 'AUTH_FAILED' }],
    [
      '429 by status',
      DEFAULT_REPLY(),
      [429, null, { headers: { 'retry-after': '9' } }],
      { is: 'retry', code: 'RATE_LIMITED', afterSeconds: 9 },
    ],
    ['504 by status', DEFAULT_REPLY(), [504, null], { is: 'unknown', code: 'HTTP_504' }],
    [
      'the first case that holds',
      '[{ when: { at: /a }, is: pending, reference: reply.body.a }, { when: { at: /b }, is: pending, reference: reply.body.b }]',
      [200, { a: 1, b: 2 }],
      { is: 'pending', reference: '1' },
    ],
    [
      'an expression, and after it a signal',
      "[{ when: reply.body.a = 'x' and reply.status = 201, is: pending, reference: reply.body.b }, { when: { at: /b }, is: unknown, code: BAD_RESPONSE }]",
      [201, { a: 'x', b: 'T' }],
      { is: 'pending', reference: 'T' },
    ],
    [
      'what is not true does not hold',
      '[{ when: reply.body.a, is: pending, reference: reply.body.b }]',
      [200, { a: 'yes', b: 'T' }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'numbers and texts are the same code',
      "[{ when: { at: /c, equals: ['13', 14] }, is: unknown, code: BAD_RESPONSE }]",
      [418, { c: 13 }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'all signals of a list',
      "[{ when: [{ status: [200, 202] }, { at: '/d/0/e', equals: x }], is: pending }]",
      [202, { d: [{ e: 'x' }] }],
      { is: 'pending' },
    ],
    [
      'one of them does not hold',
      "[{ when: [{ status: [200, 202] }, { at: '/d/0/e', equals: x }], is: pending }]",
      [201, { d: [{ e: 'x' }] }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'a promised reference that is not there',
      '[{ when: { at: /a }, is: pending, reference: reply.body.b }]',
      [200, { a: 1 }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'everything that a pending may have',
      '[{ when: { at: /a }, is: pending, reference: reply.body.a, awaits: payment, until: reply.body.u, shown: { x: reply.body.x, y: reply.body.y } }]',
      [200, { a: 'T', u: '2026-01-16T00:00:00Z', x: 1 }],
      { is: 'pending', reference: 'T', awaits: 'payment', until: '2026-01-16T00:00:00Z', shown: { x: 1 } },
    ],
    [
      'documents by pointer and by address',
      '[{ when: { at: /number }, is: ok, output: { number: reply.body.number }, documents: [{ name: a, type: application/pdf, from: { pointer: /pdf } }, { name: b, type: image/png, from: { url: reply.body.url } }] }]',
      [200, { number: '1', url: 'https://x.example/b' }],
      {
        is: 'ok',
        output: { number: '1' },
        documents: [
          { name: 'a', type: 'application/pdf', from: { pointer: '/pdf' } },
          { name: 'b', type: 'image/png', from: { url: 'https://x.example/b' } },
        ],
      },
    ],
    [
      'an address that is not there',
      '[{ when: { at: /number }, is: ok, output: { number: reply.body.number }, documents: [{ name: b, type: image/png, from: { url: reply.body.url } }] }]',
      [200, { number: '1' }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
    [
      'more, with what the next reply is to know',
      "[{ when: { at: /next }, is: more, request: { method: GET, path: '/p/{reply.body.next}' }, carry: { first: reply.body.number } }]",
      [200, { next: 'a b', number: 3 }],
      { is: 'more', request: { method: 'GET', path: '/p/a%20b' }, carry: { first: 3 } },
    ],
    [
      'Retry-After counts',
      '[{ when: { at: /busy }, is: retry, code: AGENCY_UNAVAILABLE }]',
      [200, { busy: 1 }, { headers: { 'retry-after': '40' } }],
      { is: 'retry', code: 'AGENCY_UNAVAILABLE', afterSeconds: 40 },
    ],
    [
      'an expression that cannot be worked out',
      '[{ when: $number(reply.body.n) > 1, is: unknown, code: AUTH_FAILED }]',
      [200, { n: 'x' }],
      { is: 'unknown', code: 'BAD_RESPONSE' },
    ],
  ])('%s', async (_, reply, wire, expected) => {
    const more =
      'inquiry: { notBefore: 1s, trustAfter: 1m, request: { method: GET, path: /t }, reply: [{ when: { at: /x }, is: pending }] }';
    expect(await outcomeOf({ reply, more }, wireOf(...wire))).toEqual(expected);
  });

  test('what was handed over is seen by the next reply', async () => {
    const reply =
      '[{ when: $exists(call.carry) and $exists(reply.body.last), is: ok, output: { number: call.carry.first } }]';
    const carry = { first: '7' };
    expect(await outcomeOf({ reply }, wireOf(200, { last: true }), 'send', { carry })).toEqual({
      is: 'ok',
      output: { number: '7' },
    });
  });

  test('a plain reading answers at once', async () => {
    const reply = '[{ when: { at: /a }, is: pending, reference: reply.body.a }]';
    const more =
      'inquiry: { notBefore: 1s, trustAfter: 1m, request: { method: GET, path: /t }, reply: [{ when: { at: /x }, is: pending }] }';
    const { act } = (await adapterOf({ reply, more })).operations;
    expect(act!.reply(wireOf(200, { a: 'T' }), {}, callOf())).toEqual({ is: 'pending', reference: 'T' });
  });
});

function DEFAULT_REPLY(): string {
  return '[{ when: { at: /number }, is: ok, output: { number: $text(reply.body.number) } }]';
}

describe('what an expression may give is bounded', () => {
  const grow = Array.from({ length: 30 }, () => 'call.carry.a').join(' & ');
  const reply = `[{ when: { at: /next }, is: more, request: { method: GET, path: /p }, carry: { a: ${grow} } }]`;

  test('in characters: carried on and on, it would fill the memory', async () => {
    const outcomes: string[] = [];
    let carry: JsonObject = { a: 'x' };
    for (let turn = 0; turn < 5; turn += 1) {
      const outcome = await outcomeOf({ reply }, wireOf(200, { next: 1 }), 'send', { carry });
      outcomes.push(outcome.is);
      if (outcome.is === 'more') carry = outcome.carry!;
    }
    expect(outcomes).toEqual(['more', 'more', 'more', 'more', 'unknown']);
  });

  test('in values', async () => {
    const many = Array.from({ length: 60 }, () => 'reply.body.list').join(', ');
    const list = Array.from({ length: 2000 }, (_, at) => at);
    const doubled = `[{ when: { at: /list }, is: more, request: { method: GET, path: /p }, carry: { a: "[${many}]" } }]`;
    expect(await outcomeOf({ reply: doubled }, wireOf(200, { list }))).toEqual({
      is: 'unknown',
      code: 'BAD_RESPONSE',
    });
  });
});

describe('the error table', () => {
  const meaning = 'meaning: { id: a, en: b }';
  const parts: Partial<Parts> = {
    more: `inquiry: { notBefore: 1s, trustAfter: 1m, request: { method: GET, path: /t }, reply: [{ when: { at: /code, equals: NONE }, is: retry, code: NOT_RECEIVED }] },
    compensation: { effect: keyed, request: { method: DELETE, path: /t }, reply: [{ when: { at: /gone }, is: ok }] }`,
    after: `errors:
  - { signal: BLOCKED, when: { at: /code, equals: BLOCKED }, is: refused, code: TITLE_BLOCKED, text: reply.body.message, ${meaning} }
  - { signal: FORM, when: { at: /code, equals: FORM }, is: sendBack, code: DATA_MISMATCH, ${meaning} }
  - { signal: BUSY, when: { at: /code, equals: BUSY }, is: retry, code: BUSY, afterSeconds: 5, ${meaning} }
  - { signal: NIGHT, when: { at: /code, equals: NIGHT }, is: away, code: AGENCY_MAINTENANCE, until: reply.body.until, ${meaning} }
  - { signal: UNDONE, when: { at: /code, equals: UNDONE }, in: [compensation], is: refused, code: ALREADY_ISSUED, ${meaning} }
  - { signal: 404 NONE, is: retry, code: NOT_RECEIVED, ${meaning} }`,
  };
  const said = (code: string, kind?: 'send' | 'inquiry' | 'compensation', more: JsonObject = {}) =>
    outcomeOf(parts, wireOf(200, { code, number: '1', ...more }), kind);

  test('is tried before the cases', async () => {
    expect(await said('BLOCKED', 'send', { message: 'Diblokir' })).toEqual({
      is: 'refused',
      code: 'TITLE_BLOCKED',
      text: 'Diblokir',
    });
    expect(await said('FORM')).toEqual({ is: 'sendBack', corrections: [{ code: 'DATA_MISMATCH' }] });
    expect(await said('BUSY')).toEqual({ is: 'retry', code: 'BUSY', afterSeconds: 5 });
    expect(await said('OTHER')).toEqual({ is: 'ok', output: { number: '1' } });
  });

  test('its decisions hold for the send alone, unless it says otherwise', async () => {
    expect(await said('BLOCKED', 'inquiry')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await said('FORM', 'compensation')).toEqual({ is: 'unknown', code: 'BAD_RESPONSE' });
    expect(await said('UNDONE', 'compensation')).toEqual({ is: 'refused', code: 'ALREADY_ISSUED' });
    expect(await said('UNDONE')).toEqual({ is: 'ok', output: { number: '1' } });
  });

  test('its "not done" is no "never arrived" of an inquiry', async () => {
    expect(await said('BUSY', 'inquiry')).toEqual({ is: 'unknown', code: 'BUSY' });
    expect(await said('NONE', 'inquiry')).toEqual({ is: 'retry', code: 'NOT_RECEIVED' });
    expect(await said('NIGHT', 'inquiry', { until: '2026-01-16T00:00:00Z' })).toEqual({
      is: 'away',
      code: 'AGENCY_MAINTENANCE',
      until: '2026-01-16T00:00:00Z',
    });
  });

  test('stands in the adapter with what an example shows of the common rows', async () => {
    const { errors } = await adapterOf(parts);
    const rows = errors!.map(({ is, code }) => `${is} ${code}`);
    expect(rows).toContain('refused TITLE_BLOCKED');
    expect(rows).toContain('unknown BUSY');
    expect(rows).toContain('unknown HTTP_500');
    expect(rows).not.toContain('unknown HTTP_504');
  });
});

describe('news', () => {
  const parts: Partial<Parts> = {
    settings:
      '{ type: object, additionalProperties: false, properties: { baseUrl: { type: string }, apiKey: { type: string, writeOnly: true }, newsSecret: { type: string, writeOnly: true }, branch: { type: string } } }',
    signIn: '{ scheme: apiKey, hosted: hmac }',
    after: `hosted:
  news:
    tells: act
    path: /news
    read:
      id: reply.body.id
      key: reply.body.ref
      content: { amount: reply.body.amount }
      outcome:
        - { when: { at: /state, equals: DONE }, is: ok, output: { number: $text(reply.body.number) } }
        - { when: { at: /state, equals: NO }, is: refused, code: NOT_ELIGIBLE }
    answer:
      found: { status: 200, headers: { x-a: b }, body: { seen: message.id, was: step.state, paid: message.content.amount } }
errors: [{ signal: NO, is: refused, code: NOT_ELIGIBLE, meaning: { id: a, en: b } }]`,
  };
  const news = async (): Promise<HostedNews> => (await adapterOf(parts)).hosted!['news'] as HostedNews;
  const call = { settings: SETTINGS, now: '2026-01-15T02:30:05.000Z', tools };
  const request = (body: JsonObject) => ({ method: 'POST', path: '/news', query: {}, headers: {}, body });

  test('is read as a reply is', async () => {
    const { read } = await news();
    expect(await read(request({ id: 'E1', ref: '12', state: 'DONE', number: 4, amount: 9 }), call)).toEqual({
      ...{ id: 'E1', key: '12', content: { amount: 9 } },
      outcome: { is: 'ok', output: { number: '4' } },
    });
  });

  test.each<[string, JsonObject]>([
    ['id', { ref: '12', state: 'DONE', number: 4 }],
    ['key nor reference', { id: 'E1', state: 'DONE', number: 4 }],
    ['what it tells', { id: 'E1', ref: '12', state: 'OTHER' }],
    ['what it tells', { id: 'E1', ref: '12', state: 'DONE', number: [] }],
  ])('without %s it is a bad form', async (missing, body) => {
    const { read } = await news();
    await expect(async () => read(request(body), call)).rejects.toThrow(missing);
  });

  test('is answered in the agency’s own words, and told to the step', async () => {
    const { answer } = await news();
    const message: HostedMessage = {
      id: 'E1',
      key: '12',
      content: { amount: 9 },
      outcome: { is: 'refused', code: 'NOT_ELIGIBLE' },
    };
    const step = { state: 'open' as const, key: '12', input: {}, output: {} };
    expect(await answer({ is: 'found', message, step }, call)).toEqual({
      ...{ status: 200, headers: { 'x-a': 'b' }, body: { seen: 'E1', was: 'open', paid: 9 } },
      apply: { is: 'refused', code: 'NOT_ELIGIBLE' },
    });
    expect(await answer({ is: 'none', message }, call)).toEqual({ status: 202, body: { status: 'KEPT' } });
    expect(await answer({ is: 'busy' }, call)).toMatchObject({ status: 503 });
  });

  test('proves itself by the scheme under hosted, we by the other', async () => {
    const { signIn } = await adapterOf(parts);
    if ('scheme' in signIn) throw new Error('Two schemes are no name');
    const sent = { method: 'POST', path: '/t', headers: {}, body: Buffer.from('{}') };
    const known = {
      settings: { ...SETTINGS, newsSecret: 'contoh-rahasia-kabar' },
      now: call.now,
      tryKey: '',
      tools,
    };
    expect(await signIn.sign!(sent, known)).toEqual({ 'x-api-key': 'kunci-rahasia' });
    const stamp = String((Date.parse(call.now) / 1000) | 0);
    const signature = tools.hmac('sha256', 'contoh-rahasia-kabar', `${stamp}.{}`, 'hex');
    const genuine = { ...sent, headers: { 'x-timestamp': stamp, 'x-signature': signature } };
    expect(await signIn.verify!(genuine, '', known)).toBeNull();
    expect(await signIn.verify!({ ...genuine, body: Buffer.from('{ }') }, '', known)).toContain(
      'does not match',
    );
  });
});

test('settings that are fixed in the file are the scheme’s own', async () => {
  const { signIn } = await adapterOf({
    settings:
      '{ type: object, additionalProperties: false, properties: { baseUrl: { type: string }, clientId: { type: string }, clientSecret: { type: string, writeOnly: true }, branch: { type: string } } }',
    signIn: '{ scheme: oauth2, tokenPath: /t/token, style: basic }',
  });
  if ('scheme' in signIn) throw new Error('Its own settings would be lost');
  const settings = { clientId: 'a', clientSecret: 'b' };
  expect(await signIn.open!.request({ settings, now: '', tryKey: '', tools })).toMatchObject({
    path: '/t/token',
    headers: { authorization: 'Basic YTpi' },
  });
});

test('an example leaves out what the one before it says', async () => {
  const example = `{ title: First, operation: act, input: { name: A }, call: { reference: R }, request: { method: POST, path: /things }, reply: { status: 200, body: { number: 1 } }, outcome: { is: ok, output: { number: '1' } } },
    { title: Second, operation: act, reply: { status: 502, type: text/html, body: x }, outcome: { is: unknown, code: HTTP_502 } }`;
  const after = 'exampleSettings: { baseUrl: https://x.example, apiKey: k }';
  const [first, second] = await yamlExamples(folderOf(connector({ example, after })));
  expect(first).toMatchObject({
    file: 'connector.yaml#/examples/0',
    example: { settings: { apiKey: 'k' }, call: { key: '10000000000000000001', reference: 'R' } },
  });
  expect(second!.example).toEqual({
    ...first!.example,
    title: 'Second',
    reply: { status: 502, headers: { 'content-type': 'text/html' }, body: 'x', type: 'text/html' },
    outcome: { is: 'unknown', code: 'HTTP_502' },
  });
});
