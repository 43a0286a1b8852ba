/** Numbers and keys: what a check digit finds, and that keys have the form agencies take. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  applicationNumber,
  checkDigit,
  isApplicationNumber,
  newKey,
  splitStepId,
  stepId,
  tryKey,
} from '../../src/domain/ids.ts';
import { mulberry } from '../support/virtual-clock.ts';

const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(''));

describe('the check digit', () => {
  // The standard's own example, a Croatian OIB and a German tax id, both of which use MOD 11,10.
  test.each([
    ['0794', '5'],
    ['6943515153', '0'],
    ['8609574271', '9'],
  ])('of %s is %s', (text, digit) => {
    expect(checkDigit(text)).toBe(digit);
  });

  test('finds every single wrong digit', () => {
    fc.assert(
      fc.property(digits(14), fc.nat(14), fc.integer({ min: 1, max: 9 }), (plain, at, shift) => {
        const whole = plain + checkDigit(plain);
        const wrong = whole.slice(0, at) + String((Number(whole[at]) + shift) % 10) + whole.slice(at + 1);
        expect(checkDigit(wrong.slice(0, -1))).not.toBe(wrong.at(-1));
      }),
    );
  });

  test('finds nearly every swap of neighbours (98 of 100)', () => {
    let swaps = 0;
    let missed = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const plain = `61120126${String(n).padStart(4, '0')}`;
      for (let at = 8; at < plain.length - 1; at += 1) {
        if (plain[at] === plain[at + 1]) continue;
        const swapped = plain.slice(0, at) + plain[at + 1]! + plain[at]! + plain.slice(at + 2);
        swaps += 1;
        if (checkDigit(swapped) === checkDigit(plain)) missed += 1;
      }
    }
    expect(missed / swaps).toBeLessThan(0.025);
  });
});

describe('an application number', () => {
  test('shows regency, site, year and serial', () => {
    expect(applicationNumber('MPP-6112-01', 2026, 123)).toMatch(/^6112-01-26-000123-\d$/);
    expect(applicationNumber('MPP-9999-07', 2031, 12_345_678)).toMatch(/^9999-07-31-12345678-\d$/);
  });

  test('is known again, and a mistyped one is not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 9 }),
        (serial, pick, shift) => {
          const number = applicationNumber('MPP-9999-01', 2026, serial);
          expect(isApplicationNumber(number)).toBe(true);
          const places = [...number].flatMap((char, at) => (/\d/.test(char) ? [at] : []));
          const at = places[pick % places.length]!;
          const wrong =
            number.slice(0, at) + String((Number(number[at]) + shift) % 10) + number.slice(at + 1);
          expect(isApplicationNumber(wrong)).toBe(false);
        },
      ),
    );
  });

  test.each([
    '',
    'x',
    '6112-01-26-000123',
    '6112-01-26-123-4',
    ' 6112-01-26-000123-7',
    '6112-01-26-000123-7\n',
    '6112-1-26-000123-7',
  ])('never looks like "%s"', (text) => {
    expect(isApplicationNumber(text)).toBe(false);
  });
});

describe('keys', () => {
  const chance = mulberry(1);
  const bytes = (next: () => number, size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => next() * 256));

  test('have 20 digits until 2051, grow with time, and do not repeat within a millisecond', () => {
    for (const year of ['2026-01-01', '2030-06-01', '2050-12-31']) {
      const at = Date.parse(year);
      // Of eight digits of chance a thousand repeat one in two hundred times: here it is always the same chance.
      const clock = { ...systemClock, now: () => at, random: (size: number) => bytes(chance, size) };
      const keys = Array.from({ length: 1000 }, () => newKey(clock));
      for (const key of keys) expect(key).toMatch(/^\d{20}$/);
      expect(new Set(keys).size).toBe(1000);
      expect(newKey({ ...systemClock, now: () => at + 1 }) > keys.toSorted().at(-1)!).toBe(true);
    }
  });

  test("of tries have 24 digits and begin with the round's", () => {
    const key = newKey(systemClock);
    const tries = [1, 2, 10, 9999].map((attempt) => tryKey(key, attempt));
    for (const one of tries) expect(one).toMatch(new RegExp(`^${key}\\d{4}$`));
    expect(new Set(tries).size).toBe(4);
  });
});

test("a step's id splits into what it was made of, whatever the step is called", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string({ minLength: 1 }), (applicationId, name) => {
      expect(splitStepId(stepId(applicationId, name))).toEqual({ applicationId, name });
    }),
  );
});
