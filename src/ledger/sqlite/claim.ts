/** `claim`: takes a step's lease and writes "attempt begun", if its wake is fresh and its lane is open. */
import { admit, newLane, passGate, type Lane, type LaneStep } from '../../domain/lane.ts';
import type { Claim, Claimed, FlowLedger } from '../../flow/ports/ledger.ts';
import { IN_TURN } from '../turn.ts';
import type { Database } from './database.ts';
import { appendToStream } from './events.ts';
import { LANE, type Raw } from './rows.ts';

export function claimVerbs(db: Database): Pick<FlowLedger, 'claim' | 'lane' | 'endLeases'> {
  return {
    claim: (claim) => db.write(() => take(db, claim)),
    lane: async (id) => readLane(db, id),
    endLeases: () => db.write(() => endLeases(db)),
  };
}

/**
 * A step that ended since it was read is due no more; a ready one of an application being ended is never sent, and
 * one out of its turn not yet.
 */
const TAKE = `UPDATE steps SET fence = fence + 1, wake = wake + 1, attempts = :number, lease_until = :until,
  lease_kind = :kind, due_at = :until, sent_at = CASE WHEN :kind = 'inquiry' THEN sent_at ELSE :now END
  WHERE application_id = :applicationId AND name = :step AND wake = :wake AND fence = :fence AND round = :round
    AND due_at IS NOT NULL AND (state <> 'ready' OR lease_until IS NOT NULL
      OR NOT EXISTS (SELECT 1 FROM applications WHERE id = :applicationId AND ending IS NOT NULL))
    AND ${IN_TURN}
  RETURNING fence, wake`;
const BEGIN = `INSERT INTO attempts (application_id, step, round, number, kind, try_key, at) VALUES (?, ?, ?, ?, ?, ?, ?)`;

function take(db: Database, claim: Claim): Claimed {
  const now = db.now();
  const lane = readLane(db, claim.lane);
  const admission = admit(lane, now);
  const held = admission === 'open' && !claim.gate ? null : heldUntil(db, claim, now);
  if (held === null && (admission === 'paused' || admission === 'asleep'))
    return { is: 'closed', why: admission };
  const passage = claim.gate && passGate(lane, claim.gate, held !== null);
  if (passage?.passes === false) {
    moveLane(db, passage);
    return { is: 'closed', why: 'asleep' };
  }
  const { applicationId, step, round, number, kind, wake, fence } = claim;
  const until = now + claim.leaseMs;
  const taken = db.sql(TAKE).get({ applicationId, step, wake, fence, round, number, kind, until, now });
  if (!taken) return isOutOfTurn(db, claim) ? { is: 'closed', why: 'inTurn' } : { is: 'stale' };
  db.sql(BEGIN).run(applicationId, step, round, number, kind, claim.tryKey, claim.at);
  const probe = admission === 'probe' || (held !== null && held === lane.probeUntil);
  const passed = passage?.lane ?? lane;
  if (probe || passed !== lane) writeLane(db, probe ? { ...passed, probeUntil: until } : passed);
  const { fence: newFence, wake: newWake } = taken as { fence: number; wake: number };
  return { is: 'claimed', fence: newFence, wake: newWake, leaseUntil: until, probe };
}

/** Why a step was not taken: asked only then, for most have no turn to wait for. */
function isOutOfTurn(db: Database, { applicationId, step, wake, fence }: Claim): boolean {
  const text = `SELECT 1 FROM steps WHERE application_id = ? AND name = ? AND wake = ? AND fence = ? AND NOT ${IN_TURN}`;
  return db.sql(text).get(applicationId, step, wake, fence) !== undefined;
}

/** The lease of an operation under way whose next exchange this is (`more`): its lane let it in already. */
function heldUntil(db: Database, { applicationId, step, wake, fence }: Claim, now: number): number | null {
  const held = db
    .sql(
      'SELECT lease_until FROM steps WHERE application_id = ? AND name = ? AND wake = ? AND fence = ? AND lease_until > ?',
    )
    .get(applicationId, step, wake, fence, now);
  return held ? (held['lease_until'] as number) : null;
}

const READ_LANE = `SELECT ${LANE.select} FROM lanes WHERE id = ?`;

export function readLane(db: Database, id: string): Lane {
  const raw = db.sql(READ_LANE).get(id) as Raw | undefined;
  return raw ? ({ ...raw, paused: raw['paused'] === 1 } as unknown as Lane) : newLane(id);
}

export function writeLane(db: Database, lane: Lane): void {
  db.sql(
    `INSERT INTO lanes (${LANE.names}) VALUES (${LANE.marks}) ON CONFLICT DO UPDATE SET ${LANE.taken}`,
  ).run(...LANE.of({ ...lane, paused: Number(lane.paused) }));
}

/** A lane's new state and what its own stream is told of it. */
export function moveLane(db: Database, { lane, event }: LaneStep): void {
  writeLane(db, lane);
  if (event) appendToStream(db, `agency:${lane.id}`, [event]);
}

function endLeases(db: Database): number {
  const now = db.now();
  const steps = db
    .sql('UPDATE steps SET lease_until = ?, due_at = ?, wake = wake + 1 WHERE lease_until IS NOT NULL')
    .run(now, now);
  db.sql('UPDATE lanes SET probe_until = 0').run();
  db.sql(
    `UPDATE endpoints SET lease_until = NULL, due_at = ?, wake = wake + 1 WHERE lease_until IS NOT NULL`,
  ).run(now);
  return Number(steps.changes);
}
