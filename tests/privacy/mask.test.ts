/** Canaries: what must never be read in a log line or an excerpt. */
import { expect, test } from 'vitest';
import { makeMask, maskNik, maskText } from '../../src/privacy/mask.ts';

const NIK = '9901014508909999';
const SECRET = 'contoh/rahasia+yang "panjang"&=';

test('a NIK shows its last four digits only', () => {
  expect(maskNik(NIK)).toBe('************9999');
  expect(maskText(`nik=${NIK}, `, [])).toBe('nik=************9999, ');
});

test.each([
  `"nik":"${NIK}"`,
  `NIK${NIK}x`,
  '9901-0145-0890-9999',
  '9901 0145 0890 9999',
  '990101.450890.9999',
  'phone +62 812-9999-0000',
  'hp 081299990000',
  '6281299990000',
  'Authorization: Bearer abc.def-123',
  'authorization: Basic Y29udG9oOnJhaGFzaWE=',
  `x ${['eyJhbGciOiJub25lIn0', 'eyJzdWIiOiJ4In0', 'c2ln'].join('.')} y`,
  ['-----BEGIN PRIVATE KEY', '-----\nTUlJRXZR\n-----END PRIVATE KEY-----'].join(''),
])('%s is masked', (text) => {
  const masked = maskText(text, []);
  for (const canary of ['9901', '0145', '8129999', '9999-0000', 'abc.def', 'Y29udG9o', 'eyJ', 'TUlJRXZR']) {
    expect(masked).not.toContain(canary);
  }
});

test.each([
  '2026-11-21T08:00:00.000Z',
  '1795248000000',
  '12345678901234567890',
  'MPP-6112-01',
  '6112-20261121-0001',
])('%s stays', (text) => expect(maskText(text, [])).toBe(text));

test('a loaded secret is masked in every form in which it may travel', () => {
  const mask = makeMask([SECRET, 'ab']);
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    new URLSearchParams({ a: SECRET }).toString(),
    JSON.stringify({ a: SECRET }),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(SECRET).toString('base64url'),
    Buffer.from(SECRET).toString('hex'),
  ];
  for (const form of forms) {
    const masked = mask(`before ${form} after`);
    expect(masked).toContain('[secret]');
    expect(masked).not.toMatch(/rahasia|panjang/);
  }
  expect(mask('about')).toBe('about');
});

test('a long hostile text is masked in linear time', () => {
  const started = performance.now();
  for (const text of [
    '9 '.repeat(50_000),
    'eyJ'.repeat(30_000),
    '0'.repeat(100_000),
    '-----BEGIN '.repeat(10_000),
  ]) {
    maskText(text, [SECRET]);
  }
  expect(performance.now() - started).toBeLessThan(1000);
});
