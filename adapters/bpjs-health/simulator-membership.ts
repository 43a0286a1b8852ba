/** The stand-in's own-profile half: newborns enrolled, memberships ended and taken up again, each request once. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Door } from './simulator-door.ts';
import { cardOf } from './simulator-vclaim.ts';
import { text } from './values.ts';

const UNKNOWN_SERIAL = '9921';
/** Two people share a card: the other one's membership is changed. */
const SHARED_SERIAL = '9923';
const OTHER_NIK = '9901015208629999';
/** Class III of one who works for himself, in rupiah a month; the sum is unverified. */
const CONTRIBUTION = 35_000;
const PAY_WITHIN_MS = 28 * 86_400_000;
const KINDS = new Set(['enrolNewborn', 'deactivate', 'reactivate']);

export function memberships({ app, enter }: Harness, door: Door, { now }: SimulatorOptions): void {
  const done = new Map<string, JsonObject>();
  app.post(`${door.own}/memberships`, async (c) => {
    const body = await door.body(c);
    const [requestId, kind, nik] = [text(body['requestId']), text(body['kind']), text(body['nik'])];
    const isWhole = kind !== 'enrolNewborn' || text(body['motherJknNumber']) !== '';
    if (requestId === '' || !KINDS.has(kind) || !/^\d{16}$/.test(nik) || !isWhole)
      return c.json({ code: 'INVALID_DATA' }, 422);
    const known = done.get(requestId);
    if (known) return c.json(known);
    if (nik.endsWith(UNKNOWN_SERIAL)) return c.json({ code: 'PARTICIPANT_NOT_FOUND' }, 404);
    const answer = { requestId, status: 'DONE', ...changed(kind, nik, body, now()) };
    done.set(requestId, answer);
    enter('membershipChange', requestId, { kind });
    return c.json(answer);
  });
}

function changed(kind: string, sent: string, body: JsonObject, now: number): JsonObject {
  const isOther = kind === 'deactivate' && sent.endsWith(SHARED_SERIAL);
  const nik = isOther ? OTHER_NIK : sent;
  const who = { jknNumber: cardOf(nik), nik, fullName: isOther ? 'CONTOH ORANG LAIN' : named(body) };
  if (kind !== 'enrolNewborn') return { ...who, active: kind === 'reactivate' };
  const payBefore = new Date(now + PAY_WITHIN_MS).toISOString().slice(0, 10);
  return { ...who, active: false, contribution: CONTRIBUTION, payBefore };
}

const named = (body: JsonObject): string => text(body['fullName']).toUpperCase() || 'CONTOH PESERTA';
