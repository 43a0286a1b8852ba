/** Sealing: round trip, and every way in which sealed bytes must not open. */
import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeSeal, SealError, unseal } from '../../src/privacy/seal.ts';

const seal = makeSeal(randomBytes);
const key = createSecretKey(randomBytes(32));
const place = 'applications/0190-a/body';

test('whatever is sealed opens again in its place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (value) => {
      expect(new Uint8Array(unseal(key, place, seal(key, place, value)))).toEqual(value);
    }),
  );
  expect(unseal(key, place, seal(key, place, 'Contoh Ibu ❤')).toString()).toBe('Contoh Ibu ❤');
});

test('sealed bytes open in no other place and under no other key', () => {
  const bytes = seal(key, place, 'Contoh Ibu');
  expect(() => unseal(key, 'applications/0190-b/body', bytes)).toThrow(SealError);
  expect(() => unseal(createSecretKey(randomBytes(32)), place, bytes)).toThrow(SealError);
});

test('any altered byte and any cut is found', () => {
  const bytes = seal(key, place, 'Contoh Ibu');
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes);
    altered[at]! ^= 1;
    expect(() => unseal(key, place, altered)).toThrow(SealError);
    expect(() => unseal(key, place, bytes.subarray(0, at))).toThrow(SealError);
  }
});

test('the same value twice gives different bytes, and neither shows the value', () => {
  const [one, two] = [seal(key, place, '9901014508909999'), seal(key, place, '9901014508909999')];
  expect(one.equals(two)).toBe(false);
  expect(one.includes('9901014508909999')).toBe(false);
});
