import { describe, expect, test } from 'vitest';
import {
  isDate,
  isDateTime,
  isFamilyCard,
  isNik,
  isNpwp,
  isPhone,
  isRegion,
  normaliseNpwp,
  normalisePhone,
  readNik,
} from '../../src/schema/formats.ts';
import { PROVINCES } from '../../src/schema/regions.ts';

type Vector = [value: string, holds: boolean];

function vectors(name: string, check: (text: string) => boolean, table: Vector[]): void {
  describe(name, () => {
    test.each(table)('%j is %s', (value, holds) => expect(check(value)).toBe(holds));
  });
}

test('there are 38 provinces, and 99 is none of them', () => {
  expect(PROVINCES.size).toBe(38);
  expect(PROVINCES.has('99')).toBe(false);
});

vectors('nik', isNik, [
  ['3174014508909999', true],
  ['3174010508909999', true],
  ['9901014508909999', true],
  ['9901014102009999', true],
  ['9901012902009999', true],
  ['9901012902019999', false],
  ['3174017508909999', false],
  ['3174013002909999', false],
  ['3174013208909999', false],
  ['3174014008909999', false],
  ['3174010008909999', false],
  ['3174014513909999', false],
  ['3174014500909999', false],
  ['3174014508900000', false],
  ['3100014508909999', false],
  ['3174004508909999', false],
  ['0074014508909999', false],
  ['9874014508909999', false],
  ['317401450890999', false],
  ['31740145089099990', false],
  ['3174014508909999\n', false],
  [' 3174014508909999', false],
  ['31740145O8909999', false],
  ['３１７４０１４５０８９０９９９９', false],
  ['', false],
]);

test('a NIK tells the district, the day and the sex', () => {
  const tebet = { district: '31.74.01', day: 5, month: 8, year: 90 };
  expect(readNik('3174014508909999')).toEqual({ ...tebet, sex: 'female' });
  expect(readNik('3174010508909999')).toEqual({ ...tebet, sex: 'male' });
});

vectors('family card', isFamilyCard, [
  ['9901012001269999', true],
  ['6112012001269999', true],
  ['0012012001269999', false],
  ['611201200126999', false],
]);

vectors('npwp', isNpwp, [
  ['02.183.241.5-000.000', true],
  ['021832415000000', true],
  ['0021832415000000', true],
  ['02.183.241.6-000.000', false],
  ['021832416000000', false],
  ['0021832416000000', false],
  ['9901014508909999', true],
  ['9901017508909999', false],
  ['02183241500000', false],
  ['00218324150000000', false],
  ['02 183 241 5 000 000', false],
  ['.021832415000000', false],
  ['..............................', false],
]);

vectors('phone', isPhone, [
  ['+628120000000', true],
  ['628120000000', true],
  ['08120000000', true],
  ['0812-0000-000', true],
  ['(0561) 000000', true],
  ['+60123456789', true],
  ['+620000000000', true],
  ['8120000000', false],
  ['+0812000000', false],
  ['0812', false],
  ['+62812000000000000', false],
  ['0812x000000', false],
  ['', false],
]);

test.each([
  ['08120000000', '+628120000000'],
  ['628120000000', '+628120000000'],
  ['+62 812-0000-000', '+628120000000'],
  ['+60123456789', '+60123456789'],
])('phone %s becomes %s', (from, to) => expect(normalisePhone(from)).toBe(to));

test('an organisation’s old tax number gains a 0, a person’s stays as it is', () => {
  expect(normaliseNpwp('02.183.241.5-000.000', 'organization')).toBe('0021832415000000');
  expect(normaliseNpwp('02.183.241.5-000.000', 'person')).toBe('021832415000000');
  expect(normaliseNpwp('9901014508909999', 'person')).toBe('9901014508909999');
});

vectors('region', isRegion, [
  ['61', true],
  ['61.12', true],
  ['61.12.01', true],
  ['61.12.01.2001', true],
  ['99.01', true],
  ['61.12.01.4001', false],
  ['6112', false],
  ['61.12.', false],
  ['98.01', false],
  ['00', false],
]);

vectors('date', isDate, [
  ['2026-01-31', true],
  ['2024-02-29', true],
  ['2000-02-29', true],
  ['1900-02-28', true],
  ['1900-02-29', false],
  ['2026-02-29', false],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-01-00', false],
  ['0000-01-01', false],
  ['9999-01-01', false],
  ['1899-12-31', false],
  ['2200-01-01', false],
  ['26-01-31', false],
  ['31-01-2026', false],
  ['2026-1-31', false],
]);

vectors('date-time', isDateTime, [
  ['2026-01-19T09:12:00+07:00', true],
  ['2026-01-19T09:12:00Z', true],
  ['2026-01-19T09:12:00.123456789-14:00', true],
  ['2026-01-19T23:59:59+14:00', true],
  ['2026-01-19T09:12:00', false],
  ['2026-01-19 09:12:00Z', false],
  ['2026-01-19t09:12:00z', false],
  ['2026-01-19T24:00:00Z', false],
  ['2026-01-19T09:60:00Z', false],
  ['2026-01-19T23:59:60Z', false],
  ['2026-01-19T09:12:00+24:00', false],
  ['2026-01-19T09:12:00+14:01', false],
  ['2026-01-19T09:12:00+07:60', false],
  ['2026-01-19T09:12:00+0700', false],
  ['2026-02-30T09:12:00Z', false],
  ['0000-01-01T00:00:00Z', false],
  ['2026-01-19T09:12:00.Z', false],
  ['2026-01-19T09:12Z', false],
]);
