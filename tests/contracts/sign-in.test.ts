/** The kit's sign-in schemes: SNAP's vectors both ways, and every reason to refuse. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  Adapter,
  Awaitable,
  JsonObject,
  JsonValue,
  SignCall,
  SignedMessage,
} from '../../src/adapter-kit/contract.ts';
import { signInOf, signIns } from '../../src/adapter-kit/sign-in/index.ts';
import { tools } from '../../src/adapter-kit/tools.ts';

const pem = (name: string): string => readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
const snapBi = signIns['snapBi']!;

const settings: JsonObject = {
  clientId: 'mpp-test-client',
  clientSecret: 'mpp-test-secret',
  privateKey: pem('rsa_test_private.pem'),
  partnerId: 'MPP-CONTOH',
  channelId: '95231',
  bankClientId: 'mpp-test-client',
  bankPublicKey: pem('rsa_test_public.pem'),
  hostedSecret: 'mpp-test-secret',
};
/** 09:30:05 in Jakarta. */
const call: SignCall = {
  settings,
  now: '2026-01-15T02:30:05.000Z',
  tryKey: '123456',
  token: 'test-access-token',
  tools,
};

const TOKEN_SIGNATURE =
  'cbvV8aFCIXT8gUkJOlb0tZYRRhREzKfTSAk2eSmgMx5Vxqm3W7+fu8iIdZ4pptt2vB9UvHXkiZ2ClR89G2QhmLOjDgU7Jl1PCUYLXknOtIkh+5Ib0uSEZTmztJ5v4hBZoku58O83XuGvFvunjgNWFrKKCzNhw/FGuT32rvoxbM+1EeIanpfDR0BpXOEwmJ39fZgt8vhJDN5m+J/78mRggayY/PYO7PMRbDlPNeKfWVvgIH/ADRISXPrfTd2KAH+cJDO6w+ZyE4xM4MaODZ43DCHuqr6U7PpiPFmw4iWCkO1MAS6gNNxVVrMHHW3kuu6xce0fEF0Tyj+kiNEF2wkxsA==';
const CREATE_BODY =
  '{"partnerServiceId":"   88899","customerNo":"0000000123","virtualAccountNo":"   888990000000123","virtualAccountName":"BUDI CONTOH","trxId":"MPP-20260115-000001","totalAmount":{"value":"150000.00","currency":"IDR"},"virtualAccountTrxType":"C","expiredDate":"2026-01-16T23:59:59+07:00"}';
const CREATE_HEX =
  '03af97d43ce8bb8b87057301736d3f55c2779b4f2e9aba7562804fb78fedd05c63b88293aed9697764241b9eba1c410060fde9101f933844cb92d3586a5768da';
const CREATE_BASE64 =
  'A6+X1Dzou4uHBXMBc20/VcJ3m08umrp1YoBPt4/t0FxjuIKTrtlpd2QkG566HEEAYP3pEB+TOETLktNYaldo2g==';
const NOTIFY_BODY =
  '{"originalReferenceNo":"REF0001","originalPartnerReferenceNo":"MPP-20260115-000001","latestTransactionStatus":"00","transactionStatusDesc":"Success","amount":{"value":"150000.00","currency":"IDR"}}';
const NOTIFY_SIGNATURE =
  'CRrYJi04FiAi3O0cXCCmUv9lS+qogn4pWLIRmn5eH5u65nU25nBsFR8ifP8QEI5hieij7vCIYHF4WnSUzV4mKg1HyALHPYcnXYd858mve5cJyTSJdIImno+u8mLJRNiP+kckUVbSSB1+DFbDo5q9VCoVR5/5mtCsuL6Jloe0NTR1MPAsJrigBLPT2b0yt2TiZVeGQEZ3HtW9qQmsO27LvhNhZp4vbWMuTXLyaFh+1sCoaclBi9/wVhhc53VFOV1iMMXX1baYEECpEsi1qSogX7rSZfhMwzvpFbN94nj2UaIYE13w6TGBahSNWbBOlsIxcbPAfkTzTmpMNJJT166V9g==';

function message(path: string, body: string, headers: Record<string, string> = {}): SignedMessage {
  return { method: 'POST', path, headers, body: Buffer.from(body) };
}
const create = (headers: Record<string, string> = {}, body = CREATE_BODY): SignedMessage =>
  message('/v1.0/transfer-va/create-va', body, headers);
const signed = {
  authorization: 'Bearer test-access-token',
  'x-timestamp': '2026-01-15T09:30:05+07:00',
  'x-signature': CREATE_BASE64,
};
const withSettings = (more: JsonObject): SignCall => ({ ...call, settings: { ...settings, ...more } });

describe('snapBi opens', () => {
  const open = snapBi.open!;
  const reply = (status: number, body: JsonValue) =>
    open.reply({ status, headers: {}, body, bytes: 1, type: 'application/json' }, call);

  test('with the token signature of vector 11.1', async () => {
    const request = await open.request({ ...call, now: '2026-01-15T02:30:00.000Z' });
    expect(request).toEqual({
      method: 'POST',
      path: '/v1.0/access-token/b2b',
      headers: {
        'X-TIMESTAMP': '2026-01-15T09:30:00+07:00',
        'X-CLIENT-KEY': 'mpp-test-client',
        'X-SIGNATURE': TOKEN_SIGNATURE,
      },
      body: { json: { grantType: 'client_credentials' } },
    });
  });

  test('and names the grant as the bank wants it', async () => {
    const request = await open.request(withSettings({ tokenBody: 'grant_type' }));
    expect(request?.body).toEqual({ json: { grant_type: 'client_credentials' } });
  });

  test('and reads the life of a token, a string', async () => {
    const body = { responseCode: '2007300', accessToken: 'abc', tokenType: 'Bearer', expiresIn: '900' };
    expect(await reply(200, body)).toEqual({ token: 'abc', expiresInSeconds: 900 });
  });

  test.each([
    [401, { responseCode: '4017300' }, { is: 'away', code: 'AUTH_FAILED' }],
    [400, { responseCode: '4007302' }, { is: 'away', code: 'AUTH_FAILED' }],
    [403, null, { is: 'away', code: 'AUTH_FAILED' }],
    [504, { responseCode: '5047300' }, { is: 'retry', code: 'TOKEN_504' }],
    [502, 'bad gateway', { is: 'retry', code: 'TOKEN_502' }],
    [429, { responseCode: '4297300' }, { is: 'retry', code: 'TOKEN_429' }],
    [
      200,
      { responseCode: '2007300', accessToken: '', expiresIn: '900' },
      { is: 'retry', code: 'TOKEN_UNREADABLE' },
    ],
    [
      200,
      { responseCode: '2007300', accessToken: 'abc', expiresIn: 'soon' },
      { is: 'retry', code: 'TOKEN_UNREADABLE' },
    ],
  ] as const)('%i %j is no token', async (status, body, outcome) => {
    expect(await reply(status, body)).toEqual(outcome);
  });
});

describe('snapBi signs', () => {
  const signatureOf = async (message: SignedMessage, more: JsonObject = {}): Promise<string> =>
    (await snapBi.sign!(message, withSettings(more)))['X-SIGNATURE']!;

  test('vector 11.2 in base64, with every header of SNAP', async () => {
    expect(await snapBi.sign!(create(), call)).toEqual({
      Authorization: 'Bearer test-access-token',
      'X-TIMESTAMP': '2026-01-15T09:30:05+07:00',
      'X-SIGNATURE': CREATE_BASE64,
      'X-PARTNER-ID': 'MPP-CONTOH',
      'X-EXTERNAL-ID': '123456',
      'CHANNEL-ID': '95231',
    });
  });

  test('vector 11.2 in hex, and whatever the white space of the body', async () => {
    const spaced = JSON.stringify(JSON.parse(CREATE_BODY), null, 3);
    const headers = await snapBi.sign!(create({}, spaced), withSettings({ signatureEncoding: 'hex' }));
    expect(headers['X-SIGNATURE']).toBe(CREATE_HEX);
  });

  test('the query or not, as the bank wants', async () => {
    const asked = message('/v1.0/transfer-va/report?from=1', '');
    const bare = await signatureOf(message('/v1.0/transfer-va/report', ''));
    expect(await signatureOf(asked)).not.toBe(bare);
    expect(await signatureOf(asked, { signedQuery: 'exclude' })).toBe(bare);
  });

  test.each([
    // BCA's own example: names in the order of their bytes, upper case first.
    ['?A-param=value1&Z-param=value2&B-param=value3', '?A-param=value1&B-param=value3&Z-param=value2'],
    ['?EndDate=2026-09-01&StartDate=2026-09-01', '?EndDate=2026-09-01&StartDate=2026-09-01'],
    ['?b=2&a=9&b=1&a=10', '?a=10&a=9&b=1&b=2'],
    ["?at=08:00+07:00&who=O'Neil (Jr)*!&none", '?at=08%3A00%2B07%3A00&none&who=O%27Neil%20%28Jr%29%2A%21'],
    ['?pad=%20%2088899&city=Jakarta%20Selatan', '?city=Jakarta%20Selatan&pad=%20%2088899'],
    ['?broken=%zz', '?broken=%25zz'],
    ['', ''],
  ])('the query %s as %s, sorted and strictly encoded', async (sent, text) => {
    const path = '/v1.0/transfer-va/report';
    const expected = await signatureOf(message(path + text, ''));
    expect(await signatureOf(message(path + sent, ''), { signedQuery: 'sorted' })).toBe(expected);
  });

  test('nothing without its secret', async () => {
    await expect(async () => snapBi.sign!(create(), withSettings({ clientSecret: '' }))).rejects.toThrow(
      'clientSecret',
    );
  });
});

describe('snapBi verifies', () => {
  const verify = (headers: Record<string, string>, more: Partial<SignCall> = {}): Awaitable<string | null> =>
    snapBi.verify!(create(headers), 'symmetric', { ...call, ...more });

  test('a symmetric signature in either encoding, header names in any case', async () => {
    expect(await verify(signed)).toBeNull();
    expect(await verify({ ...signed, 'x-signature': CREATE_HEX.toUpperCase() })).toBeNull();
    const upper = Object.fromEntries(
      Object.entries(signed).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await verify(upper)).toBeNull();
  });

  test('the raw bytes: white space may differ, a number may not be rewritten', async () => {
    const spaced = CREATE_BODY.replaceAll(',"', ',\n  "');
    expect(await snapBi.verify!(create(signed, spaced), 'symmetric', call)).toBeNull();
    const changed = CREATE_BODY.replace('150000.00', '150000.0');
    expect(await snapBi.verify!(create(signed, changed), 'symmetric', call)).toBe('Signature');
  });

  test('a token that we minted, and only the one shown', async () => {
    const { token: _, ...noToken } = call;
    expect(await snapBi.verify!(create(signed), 'symmetric', noToken)).toBe('Invalid token');
    expect(await verify({ ...signed, authorization: 'Bearer another' })).toBe('Invalid token');
    expect(await verify({ ...signed, authorization: '' })).toBe('Invalid token');
  });

  test.each([
    ['missing', ''],
    ['no date', 'yesterday'],
    ['without its zone', '2026-01-15T09:30:05'],
  ])('a time stamp that is %s', async (_, stamp) => {
    expect(await verify({ ...signed, 'x-timestamp': stamp })).toBe('X-TIMESTAMP missing or malformed');
  });

  test('an impossible date, and one 301 s away', async () => {
    const far = 'X-TIMESTAMP too far from our time';
    expect(await verify({ ...signed, 'x-timestamp': '2026-13-45T09:30:05+07:00' })).toBe(far);
    expect(await verify(signed, { now: '2026-01-15T02:35:05.000Z' })).toBeNull();
    expect(await verify(signed, { now: '2026-01-15T02:35:06.000Z' })).toBe(far);
    expect(await verify(signed, { now: '2026-01-15T02:25:04.000Z' })).toBe(far);
    expect(await verify(signed, withSettings({ skewSeconds: 5 }))).toBeNull();
  });

  test('nothing by an empty secret or client', async () => {
    expect(await verify(signed, withSettings({ hostedSecret: '' }))).toBe('Signature');
    const token = message('/v1.0/access-token/b2b', '{}', {
      'x-timestamp': signed['x-timestamp'],
      'x-client-key': '',
    });
    expect(await snapBi.verify!(token, 'token', withSettings({ bankClientId: '' }))).toBe('Unknown client');
  });

  test('a token request (vector 11.1)', async () => {
    const headers = {
      'x-timestamp': '2026-01-15T09:30:00+07:00',
      'x-client-key': 'mpp-test-client',
      'x-signature': TOKEN_SIGNATURE,
    };
    const ask = (more: Record<string, string>): Awaitable<string | null> =>
      snapBi.verify!(message('/v1.0/access-token/b2b', '{}', { ...headers, ...more }), 'token', call);
    expect(await ask({})).toBeNull();
    expect(await ask({ 'x-client-key': 'somebody' })).toBe('Unknown client');
    expect(await ask({ 'x-timestamp': '2026-01-15T09:30:01+07:00' })).toBe('Signature');
    expect(await ask({ 'x-signature': '' })).toBe('Signature');
  });

  test('an asymmetric notification (vector 11.4)', async () => {
    const headers = { 'x-timestamp': '2026-01-15T09:31:00+07:00', 'x-signature': NOTIFY_SIGNATURE };
    const notice = (body: string): Awaitable<string | null> =>
      snapBi.verify!(message('/v1.0/qr/qr-mpm-notify', body, headers), 'asymmetric', call);
    expect(await notice(NOTIFY_BODY)).toBeNull();
    expect(await notice(NOTIFY_BODY.replace('"00"', '"06"'))).toBe('Signature');
  });

  test('a time stamp in UTC with milliseconds, as one gateway writes it', async () => {
    const at = '2026-01-15T02:30:05.000Z';
    const body = 'POST:/v1.0/debit/notify:' + tools.sha256('{}', 'hex') + ':' + at;
    const headers = {
      'x-timestamp': at,
      'x-signature': tools.rsaSign(settings['privateKey'] as string, body),
    };
    expect(await snapBi.verify!(message('/v1.0/debit/notify', '{}', headers), 'asymmetric', call)).toBeNull();
  });

  test('a notification as the bank signs it: by its key alone, or like its other calls', async () => {
    const headers = { 'x-timestamp': '2026-01-15T09:31:00+07:00', 'x-signature': NOTIFY_SIGNATURE };
    const notice = message('/v1.0/qr/qr-mpm-notify', NOTIFY_BODY, headers);
    expect(await snapBi.verify!(notice, 'notification', call)).toBeNull();
    const symmetric = withSettings({ notificationProof: 'symmetric' });
    expect(await snapBi.verify!(notice, 'notification', symmetric)).toBe('Invalid token');
    expect(await snapBi.verify!(create(signed), 'notification', symmetric)).toBeNull();
    expect(await snapBi.verify!(create(signed), 'notification', call)).toBe('Signature');
  });

  test('an entry that names no proof: the symmetric one', async () => {
    expect(await snapBi.verify!(create(signed), 'default', call)).toBeNull();
    expect(await snapBi.verify!(create({}), 'default', call)).toBe('X-TIMESTAMP missing or malformed');
  });

  test('no proof it does not know', async () => {
    expect(await snapBi.verify!(create(signed), 'handshake', call)).toBe('unknown proof');
  });
});

describe('basic and apiKey', () => {
  const keys = { username: 'bus', password: 'rahasia', hostedUsername: 'agency', hostedPassword: 'sandi' };

  test('basic, both ways', async () => {
    const basic = signIns['basic']!;
    const at = withSettings(keys);
    expect(await basic.sign!(create(), at)).toEqual({ authorization: 'Basic YnVzOnJhaGFzaWE=' });
    const shown = (value: string) => basic.verify!(create({ Authorization: value }), '', at);
    expect(await shown('Basic YWdlbmN5OnNhbmRp')).toBeNull();
    expect(await shown('basic YWdlbmN5OnNhbmRp')).toBeNull();
    expect(await shown('Basic YnVzOnJhaGFzaWE=')).toBe('wrong user or password');
    expect(await basic.verify!(create({ authorization: 'Basic Og==' }), '', call)).toBe(
      'no hosted user is configured',
    );
  });

  test('apiKey, both ways', async () => {
    const apiKey = signIns['apiKey']!;
    const at = withSettings({ apiKey: 'kunci', hostedApiKey: 'kunci-masuk', apiKeyHeader: 'user_key' });
    expect(await apiKey.sign!(create(), at)).toEqual({ user_key: 'kunci' });
    expect(await apiKey.sign!(create(), withSettings({ apiKey: 'kunci' }))).toEqual({ 'x-api-key': 'kunci' });
    expect(await apiKey.verify!(create({ USER_KEY: 'kunci-masuk' }), '', at)).toBeNull();
    expect(await apiKey.verify!(create({ user_key: 'kunci' }), '', at)).toBe('wrong API key');
    expect(await apiKey.verify!(create({ 'x-api-key': '' }), '', call)).toBe(
      'no hosted API key is configured',
    );
  });
});

describe('signInOf', () => {
  const adapter = (signIn: Adapter['signIn']): Adapter => ({
    name: 'contoh',
    version: '1.0.0',
    title: { id: 'Contoh', en: 'Example' },
    settings: {},
    signIn,
    operations: {},
  });

  test("the kit's, its own, or an error that names both", () => {
    expect(signInOf(adapter({ scheme: 'snapBi' }))).toBe(snapBi);
    const own = { verify: () => null };
    expect(signInOf(adapter(own))).toBe(own);
    expect(signInOf(adapter({ scheme: 'none' }))).toEqual({});
    expect(() => signInOf(adapter({ scheme: 'constructor' }))).toThrow(/"contoh".*"constructor".*snapBi/);
  });
});
