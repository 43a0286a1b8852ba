import { describe, expect, test } from 'vitest';
import callback from '../../schemas/callback.json' with { type: 'json' };
import event from '../../schemas/event.json' with { type: 'json' };
import outcome from '../../schemas/outcome.json' with { type: 'json' };
import problem from '../../schemas/problem.json' with { type: 'json' };
import type { Outcome } from '../../src/domain/outcome.ts';
import { compile } from '../../src/schema/validate.ts';

const id = '019bd1a5-0000-7000-8000-000000000000';
const at = '2026-01-19T09:12:00Z';
const type = 'go.mpp.application.status.changed.v1';

describe('outcome', () => {
  const check = compile(outcome);
  const outcomes: Outcome[] = [
    {
      is: 'ok',
      output: { a: 1 },
      documents: [{ name: 'akta', type: 'application/pdf', from: { pointer: '/pdf' } }],
    },
    { is: 'ok', output: {}, documents: [{ name: 'akta', type: 'application/pdf', from: 'body' }] },
    { is: 'refused', code: 'NIK_NOT_FOUND', text: 'tidak ditemukan' },
    {
      is: 'sendBack',
      corrections: [{ pointer: '/formData/a', code: 'DOC_MISSING', text: { id: 'a', en: 'b' } }],
    },
    { is: 'pending', reference: 'r-1', shown: { virtualAccountNo: '1' }, awaits: 'payment', until: at },
    { is: 'pending' },
    { is: 'retry', code: 'RATE_LIMITED', afterSeconds: 30 },
    { is: 'unknown', code: 'HTTP_500' },
    { is: 'away', code: 'AUTH_FAILED', until: at },
    { is: 'more', request: { method: 'POST', path: '/x', body: { json: [1] } }, carry: { page: 2 } },
    {
      is: 'more',
      request: {
        method: 'POST',
        path: '/x',
        body: { multipart: [{ name: 'a', document: 'd', as: 'part' }] },
      },
    },
  ];
  test.each(outcomes)('accepts $is', (value) => expect(check(value)).toEqual([]));
  test.each([{ is: 'done' }, { is: 'ok' }, { is: 'retry' }, { is: 'unknown', code: 'X', output: {} }])(
    'refuses %j',
    (value) => expect(check(value)).not.toEqual([]),
  );
});

test('event', () => {
  const check = compile(event);
  const value = { stream: id, seq: 1, at, type, data: { from: 'submitted' }, hash: 'a'.repeat(64) };
  expect(check(value)).toEqual([]);
  expect(check({ ...value, seq: 0, type: 'application.changed' })).toHaveLength(2);
});

test('callback', () => {
  const check = compile(callback);
  const data = {
    applicationId: id,
    number: '6112-01-26-000123-7',
    sequence: 3,
    state: 'inProgress',
  };
  const value = {
    specversion: '1.0',
    id: `${id}:3`,
    source: '/jembatan',
    type,
    time: at,
    datacontenttype: 'application/json',
    data,
  };
  expect(check(value)).toEqual([]);
  expect(check({ ...value, data: { ...data, fullName: 'x' } })).toMatchObject([
    { pointer: '/data/fullName', code: 'unknown_field' },
  ]);
});

test('problem', () => {
  const value = {
    type: 'about:blank',
    title: 'x',
    status: 422,
    code: 'schema',
    requestId: 'r',
    problems: [{ pointer: '', code: 'schema_type', detail: 'x' }],
  };
  expect(compile(problem)(value)).toEqual([]);
});

describe('compile', () => {
  const form = {
    $id: 'form',
    type: 'object',
    additionalProperties: false,
    properties: { motherNik: { type: 'string', format: 'nik' } },
  };

  test('takes a form again after a reload, with the same $id', () => {
    expect(compile(form)({ motherNik: '1' })).toMatchObject([{ pointer: '/motherNik', code: 'nik_invalid' }]);
    expect(compile(structuredClone(form))({ motherNik: '9901014508909999' })).toEqual([]);
    expect(compile(form)({})).toEqual([]);
  });

  test('sees own fields only', () => {
    const check = compile({
      type: 'object',
      required: ['toString'],
      properties: { toString: { type: 'string' } },
    });
    expect(check({})).toMatchObject([{ pointer: '/toString', code: 'missing_field' }]);
  });

  test.each([
    ['an unknown keyword', { type: 'object', propertys: {} }],
    ['an unknown format', { type: 'string', format: 'ktp' }],
    ['a reference that leads out', { $ref: 'https://example.invalid/x.json' }],
    ['a reference that leads nowhere', { $ref: '#/$defs/x' }],
    ['$data', { type: 'object', properties: { a: { type: 'number', maximum: { $data: '1/b' } } } }],
  ])('refuses %s', (_name, schema) => expect(() => compile(schema)).toThrow());
});
