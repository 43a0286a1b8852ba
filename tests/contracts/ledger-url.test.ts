/** Addresses of ledgers are shown without what lets people in. */
import { expect, test } from 'vitest';
import { isPostgres, shownLedger, sqlitePath } from '../../src/ledger/url.ts';

test.each([
  ['sqlite:./data/ledger.db', 'sqlite:./data/ledger.db'],
  ['postgres://db/bus', 'postgres://db/bus'],
  ['postgres://bus@db:5432/bus?sslmode=verify-full', 'postgres://bus@db:5432/bus?sslmode=verify-full'],
  ['postgres://bus:hush@db/bus', 'postgres://bus:***@db/bus'],
  ['postgresql://bus:hu%40s:h@db/bus', 'postgresql://bus:***@db/bus'],
  ['postgres://bus:hu@sh@db/bus', 'postgres://bus:***@db/bus'],
  // Not percent-encoded, as it came from a generator.
  ['postgres://bus:hu/s+h@db/bus', 'postgres://bus:***@db/bus'],
  ['postgres://bus:12#hush@db/bus', 'postgres://bus:***@db/bus'],
  ['postgres://bus:12?hu@sh@db/bus', 'postgres://bus:***@db/bus'],
  ['postgres://:hush@db/bus', 'postgres://:***@db/bus'],
  ['postgres://db/bus?user=bus&password=hush', 'postgres://db/bus?user=bus&password=***'],
  ['postgres://db/bus?sslpassword=hush&sslmode=require', 'postgres://db/bus?sslpassword=***&sslmode=require'],
])('%s', (ledger, shown) => {
  expect(shownLedger(ledger)).toBe(shown);
  expect(isPostgres(ledger)).toBe(ledger.startsWith('postgres'));
});

test('the path of a SQLite ledger', () => {
  expect(sqlitePath('sqlite:/a/b:c.db')).toBe('/a/b:c.db');
});
