/** Offline batches: thousands of lines, twice, half of them broken, and each application exists once. */
import { afterEach, expect, test } from 'vitest';
import { offlineReference } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
afterEach(() => world.close());

const line = (serial: number, more: JsonObject = {}): string =>
  JSON.stringify({
    ...application({ capture: { capturedAt: '2026-11-15T03:00:00Z', offline: false } }),
    clientReference: offlineReference('MU-9901', serial),
    ...more,
  });

async function send(lines: string[]): Promise<JsonObject[]> {
  const response = await world.call('/v1/batches', {
    bytes: new TextEncoder().encode(`${lines.join('\n')}\n`),
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const text = await world.clock.during(response.text());
  return text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as JsonObject);
}

const open = async (): Promise<void> => {
  world = await openWorld({ catalogue: smallCatalogue({ a: { call: 'desk.file' } }), idle: true });
};

const MANY = 10_000;

test('ten thousand sent twice exist once, each line with its number', { timeout: 180_000 }, async () => {
  await open();
  const lines = Array.from({ length: MANY }, (_, n) => line(n + 1));
  const first = await send(lines);
  expect(first.at(-1)).toEqual({ done: true, lines: MANY, accepted: MANY });
  const second = await send(lines);
  expect(second.at(-1)).toEqual({ done: true, lines: MANY, repeat: MANY });
  const numbers = (results: JsonObject[]): string[] =>
    results
      .slice(0, -1)
      .map(({ line: at, number }) => `${at as number} ${number as string}`)
      .toSorted();
  expect(numbers(second)).toEqual(numbers(first));
  expect(await world.ledger.list({ most: 2 * MANY })).toHaveLength(MANY);
});

test('what is wrong with a line is said of that line; the others are taken', async () => {
  await open();
  const good = line(1);
  const other = line(1, { formData: { another: 1 } });
  const mistyped = line(2, { clientReference: 'MU-9901-000002-9' });
  const results = await send([good, '{', '', other, mistyped, '[1]', line(3, { serviceCode: 'NO.SUCH' })]);
  const by = (at: number): JsonObject => results.find((one) => one['line'] === at)!;
  expect(by(1)).toMatchObject({ is: 'accepted', clientReference: offlineReference('MU-9901', 1) });
  expect(by(2)).toMatchObject({ is: 'invalid' });
  expect(by(3)).toMatchObject({ is: 'conflict', code: 'client_reference_taken' });
  expect(by(4)).toMatchObject({
    is: 'invalid',
    problems: [{ pointer: '/clientReference', code: 'check_digit' }],
  });
  expect(by(6)).toMatchObject({ is: 'invalid', problems: [{ code: 'unknown_service' }] });
  expect(results.at(-1)).toMatchObject({ done: true, lines: 6, accepted: 1, conflict: 1, invalid: 4 });
});

test('they wait behind what comes from a counter, whatever the device says', async () => {
  await open();
  await send([line(1, { priority: { level: 'normal' } })]);
  const id = (await world.ledger.list({ most: 1 }))[0]!.id;
  expect((await world.ledger.read(id))!.application.priority).toBe(4);
});

test('a line without end is refused at its limit, and what came before it stands', async () => {
  await open();
  const results = await send([line(1), `{"x":"${'a'.repeat(1_100_000)}"}`]);
  expect(results.at(-1)).toMatchObject({ done: false, code: 'line_too_large', accepted: 1 });
});

test('another type is refused', async () => {
  await open();
  const response = await world.call('/v1/batches', { body: {} });
  expect(response.status).toBe(415);
});
