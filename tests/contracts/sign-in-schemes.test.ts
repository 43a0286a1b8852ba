/** The kit's plain sign-in schemes: bearer, oauth2 and hmac, and every reason to refuse. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue, SignCall, SignedMessage } from '../../src/adapter-kit/contract.ts';
import { signIns } from '../../src/adapter-kit/sign-in/index.ts';
import { NEEDED } from '../../src/connectors/yaml/sign-in.ts';
import { tools } from '../../src/adapter-kit/tools.ts';

const NOW = '2026-01-15T02:30:05.000Z';
const STAMP = '1768444205';

function call(settings: JsonObject, more: Partial<SignCall> = {}): SignCall {
  return { settings, now: NOW, tryKey: '1', tools, ...more };
}

function message(headers: Record<string, string> = {}, body = '{"a":1}'): SignedMessage {
  return { method: 'POST', path: '/news', headers, body: Buffer.from(body) };
}

describe('bearer', () => {
  const { sign, verify } = signIns['bearer']!;

  test('shows a token that does not change', async () => {
    expect(await sign!(message(), call({ bearerToken: 'abc' }))).toEqual({ authorization: 'Bearer abc' });
    await expect(async () => sign!(message(), call({ bearerToken: '' }))).rejects.toThrow('"bearerToken"');
  });

  test.each([
    ['Bearer abc', null],
    ['bearer abc', null],
    ['Bearer abd', 'wrong token'],
    ['Bearer ', 'wrong token'],
    ['Basic abc', 'wrong token'],
  ])('hears %s', async (authorization, reason) => {
    expect(await verify!(message({ authorization }), '', call({ hostedToken: 'abc' }))).toBe(reason);
  });

  test('believes nobody where no token is configured', async () => {
    expect(await verify!(message({ authorization: 'Bearer ' }), '', call({}))).toContain('no hosted token');
  });
});

describe('oauth2', () => {
  const { open, sign, verify } = signIns['oauth2']!;
  const settings = { clientId: 'mpp:a', clientSecret: 's/1' };

  test('asks with name and secret in the form', async () => {
    expect(await open!.request(call({ ...settings, scope: 'x y' }))).toEqual({
      method: 'POST',
      path: '/oauth2/token',
      headers: { accept: 'application/json' },
      body: {
        form: { grant_type: 'client_credentials', client_id: 'mpp:a', client_secret: 's/1', scope: 'x y' },
      },
    });
  });

  test('or in the header, each form-encoded before they are joined (RFC 6749 §2.3.1)', async () => {
    const request = await open!.request(call({ ...settings, style: 'basic', tokenPath: '/token' }));
    expect(request).toEqual({
      method: 'POST',
      path: '/token',
      headers: { accept: 'application/json', authorization: `Basic ${tools.base64('mpp%3Aa:s%2F1')}` },
      body: { form: { grant_type: 'client_credentials' } },
    });
  });

  test.each<[number, JsonValue, object]>([
    [200, { access_token: 't', token_type: 'Bearer', expires_in: 60 }, { token: 't', expiresInSeconds: 60 }],
    [200, { access_token: 't', expires_in: '3599' }, { token: 't', expiresInSeconds: 3599 }],
    [200, { access_token: 't' }, { token: 't', expiresInSeconds: 300 }],
    [200, { access_token: 't', token_type: 'mac' }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, { access_token: '', expires_in: 60 }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, { access_token: 't', expires_in: -1 }, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, '<html>', { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [200, null, { is: 'retry', code: 'TOKEN_UNREADABLE' }],
    [400, { error: 'invalid_client' }, { is: 'away', code: 'AUTH_FAILED' }],
    [400, { error: 'invalid_scope' }, { is: 'away', code: 'AUTH_FAILED' }],
    [400, { error: 'invalid_request' }, { is: 'retry', code: 'TOKEN_400' }],
    [401, null, { is: 'away', code: 'AUTH_FAILED' }],
    [403, '<html>', { is: 'away', code: 'AUTH_FAILED' }],
    [503, null, { is: 'retry', code: 'TOKEN_503' }],
    [429, null, { is: 'retry', code: 'TOKEN_429' }],
  ])('%i %j', async (status, body, expected) => {
    const wire = { status, headers: {}, body, bytes: 1, type: 'application/json' };
    expect(await open!.reply(wire, call(settings))).toEqual(expected);
  });

  test('shows the token, and proves no agency to us', async () => {
    expect(await sign!(message(), call(settings, { token: 't' }))).toEqual({ authorization: 'Bearer t' });
    expect(verify).toBeUndefined();
  });
});

describe('hmac', () => {
  const { sign, verify } = signIns['hmac']!;
  const secret = 'contoh-rahasia-kabar';
  const hex = tools.hmac('sha256', secret, `${STAMP}.{"a":1}`, 'hex');
  const base64 = tools.hmac('sha256', secret, `${STAMP}.{"a":1}`, 'base64');

  test('signs time and body', async () => {
    expect(await sign!(message(), call({ signingSecret: secret }))).toEqual({
      'x-timestamp': STAMP,
      'x-signature': hex,
    });
    const named = {
      signingSecret: secret,
      timestampHeader: 'X-Time',
      signatureHeader: 'X-Sig',
      signatureEncoding: 'base64',
    };
    expect(await sign!(message(), call(named))).toEqual({ 'x-time': STAMP, 'x-sig': base64 });
    await expect(async () => sign!(message(), call({}))).rejects.toThrow('"signingSecret"');
  });

  test.each<[string, Record<string, string>, string, JsonObject, string | null]>([
    ['what is genuine', { 'x-timestamp': STAMP, 'x-signature': hex }, '{"a":1}', {}, null],
    ['hex in capitals', { 'X-Timestamp': STAMP, 'X-Signature': hex.toUpperCase() }, '{"a":1}', {}, null],
    [
      'base64 where it is agreed',
      { 'x-timestamp': STAMP, 'x-signature': base64 },
      '{"a":1}',
      { signatureEncoding: 'base64' },
      null,
    ],
    [
      'base64 in capitals',
      { 'x-timestamp': STAMP, 'x-signature': base64.toUpperCase() },
      '{"a":1}',
      { signatureEncoding: 'base64' },
      'x-signature does not match',
    ],
    [
      'headers by other names',
      { 'x-time': STAMP, 'x-sig': hex },
      '{"a":1}',
      { timestampHeader: 'X-Time', signatureHeader: 'X-Sig' },
      null,
    ],
    [
      'another body',
      { 'x-timestamp': STAMP, 'x-signature': hex },
      '{"a":2}',
      {},
      'x-signature does not match',
    ],
    ['no signature', { 'x-timestamp': STAMP }, '{"a":1}', {}, 'x-signature does not match'],
    ['no time', { 'x-signature': hex }, '{"a":1}', {}, 'x-timestamp is not epoch seconds'],
    [
      'milliseconds',
      { 'x-timestamp': `${STAMP}000`, 'x-signature': hex },
      '{"a":1}',
      {},
      'x-timestamp is not epoch seconds',
    ],
    [
      'an old message',
      { 'x-timestamp': '1768443904', 'x-signature': hex },
      '{"a":1}',
      {},
      'x-timestamp is too far from our time',
    ],
    [
      'one from the future',
      { 'x-timestamp': '1768444506', 'x-signature': hex },
      '{"a":1}',
      {},
      'x-timestamp is too far from our time',
    ],
    [
      'a limit that is no number',
      { 'x-timestamp': STAMP, 'x-signature': hex },
      '{"a":1}',
      { skewSeconds: 'x' },
      'x-timestamp is too far from our time',
    ],
    [
      'no secret of ours',
      { 'x-timestamp': STAMP, 'x-signature': tools.hmac('sha256', '', `${STAMP}.{"a":1}`, 'hex') },
      '{"a":1}',
      { newsSecret: '' },
      'no secret for news is configured',
    ],
  ])('%s', async (_, headers, body, more, reason) => {
    expect(await verify!(message(headers, body), '', call({ newsSecret: secret, ...more }))).toBe(reason);
  });
});

test('each scheme has its row in the page for authors, and says what a connector without code must set', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/write-a-connector.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-zA-Z0-9]+)` +\| .* \| .* \| .* \|$/gm)].map(([, name]) => name!);
  const schemes = Object.keys(signIns).toSorted();
  expect(schemes.filter((name) => !rows.includes(name))).toEqual([]);
  expect(Object.keys(NEEDED).toSorted()).toEqual(schemes);
});
