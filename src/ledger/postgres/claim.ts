/** `claim`: takes a step's lease and writes "attempt begun", if its wake is fresh and its lane is open. */
import type { Claim, Claimed, FlowLedger } from '../../flow/ports/ledger.ts';
import { admit, passGate, type Lane, type LaneStep } from '../../domain/lane.ts';
import { IN_TURN } from '../turn.ts';
import type { Database, Statements } from './database.ts';
import { lockLane, readLane, storeLane, writeLane } from './lane.ts';

export function claimVerbs(db: Database): Pick<FlowLedger, 'claim' | 'lane' | 'endLeases'> {
  return {
    claim: (claim) => take(db, claim),
    lane: (id) => readLane(db, id),
    endLeases: () => db.write((tx) => endLeases(tx, db.now())),
  };
}

/**
 * A step that ended since it was read is due no more; a ready one of an application being ended is never sent. The
 * lease and the attempt are one statement: neither is seen without the other.
 */
const TAKE = `WITH taken AS (
    UPDATE steps SET fence = fence + 1, wake = wake + 1, attempts = $6, lease_until = $9, lease_kind = $7, due_at = $9,
      sent_at = CASE WHEN $7 = 'inquiry' THEN sent_at ELSE $10 END
    WHERE application_id = $1 AND name = $2 AND wake = $3 AND fence = $4 AND round = $5 AND due_at IS NOT NULL
      AND (state <> 'ready' OR lease_until IS NOT NULL
        OR NOT EXISTS (SELECT 1 FROM applications WHERE id = $1 AND ending IS NOT NULL))
      AND ${IN_TURN}
      AND ($12::text IS NULL OR NOT EXISTS (SELECT 1 FROM lanes WHERE id = $12 AND (paused OR sleep_until <> 0)))
    RETURNING fence, wake
  ), begun AS (
    INSERT INTO attempts (application_id, step, round, number, kind, try_key, at)
    SELECT $1::text, $2::text, $5::integer, $6::integer, $7::text, $8::text, $11::text FROM taken
  )
  SELECT fence, wake FROM taken`;

type Taken = { fence: number; wake: number };

/** `lane`: whose being open is part of the taking; null when its owner has been asked already. */
async function takeStep(
  on: Statements,
  claim: Claim,
  now: number,
  lane: string | null,
): Promise<Taken | undefined> {
  const { applicationId, step, wake, fence, round, number, kind, tryKey, at, leaseMs } = claim;
  const values = [
    applicationId,
    step,
    wake,
    fence,
    round,
    number,
    kind,
    tryKey,
    now + leaseMs,
    now,
    at,
    lane,
  ];
  return (await on.query<Taken>(TAKE, values))[0];
}

/** In an open lane one statement is all; only what it does not take is looked at more closely. */
async function take(db: Database, claim: Claim): Promise<Claimed> {
  const now = db.now();
  const taken = claim.gate ? undefined : await takeStep(db, claim, now, claim.lane);
  if (taken) return { is: 'claimed', ...taken, leaseUntil: now + claim.leaseMs, probe: false };
  for (let tried = 1; ; tried += 1) {
    try {
      return await db.write((tx) => takeClosely(tx, claim, now));
    } catch (error) {
      if (!(error instanceof ShutOut)) throw error;
      if (tried === MOST_TRIES) return { is: 'closed', why: 'asleep' };
    }
  }
}

/** Each time it is shut out the lane was changed by another; the next look finds it so. */
const MOST_TRIES = 3;

/** Thrown inside the transaction to give back the step: the lane was closed before its row was ours. */
class ShutOut extends Error {}

/** The step is taken before the lane's row is locked: everybody locks in this order. */
async function takeClosely(tx: Statements, claim: Claim, now: number): Promise<Claimed> {
  const [[standing], seen] = await Promise.all([
    tx.query<Standing>(STANDING, [claim.applicationId, claim.step, claim.wake, claim.fence]),
    readLane(tx, claim.lane),
  ]);
  const held = (standing?.leaseUntil ?? 0) > now ? standing!.leaseUntil : null;
  const before = enter(seen, claim, held, now);
  if (before.is === 'closed') return before;
  if (before.is === 'shut') return shut(tx, claim, held, now);
  const taken = await takeStep(tx, claim, now, null);
  if (!taken) return standing?.inTurn === false ? { is: 'closed', why: 'inTurn' } : { is: 'stale' };
  if (before.lane !== seen) {
    const entered = enter(await lockLane(tx, claim.lane), claim, held, now);
    if (entered.is !== 'in') throw new ShutOut();
    await writeLane(tx, entered.lane);
  }
  return { is: 'claimed', ...taken, leaseUntil: now + claim.leaseMs, probe: before.probe };
}

interface Standing {
  leaseUntil: number | null;
  inTurn: boolean;
}
const STANDING = `SELECT lease_until AS "leaseUntil", ${IN_TURN} AS "inTurn" FROM steps
  WHERE application_id = $1 AND name = $2 AND wake = $3 AND fence = $4`;

type Entry =
  | { is: 'in'; lane: Lane; probe: boolean }
  | { is: 'shut'; step: LaneStep }
  | Extract<Claimed, { is: 'closed' }>;

/** What a lane says to a step, and the lane after it. The next exchange of an operation under way (`held`) was let in already. */
function enter(lane: Lane, { gate, leaseMs }: Claim, held: number | null, now: number): Entry {
  const admission = admit(lane, now);
  if (held === null && (admission === 'paused' || admission === 'asleep'))
    return { is: 'closed', why: admission };
  const passage = gate && passGate(lane, gate, held !== null);
  if (passage?.passes === false) return { is: 'shut', step: passage };
  const probe = admission === 'probe' || (held !== null && held === lane.probeUntil);
  const passed = passage?.lane ?? lane;
  return { is: 'in', probe, lane: probe ? { ...passed, probeUntil: now + leaseMs } : passed };
}

/** The agency's day or its quota is over: the lane sleeps until the next. */
async function shut(tx: Statements, claim: Claim, held: number | null, now: number): Promise<Claimed> {
  const entry = enter(await lockLane(tx, claim.lane), claim, held, now);
  if (entry.is === 'shut') await storeLane(tx, entry.step, now);
  return { is: 'closed', why: 'asleep' };
}

async function endLeases(tx: Statements, now: number): Promise<number> {
  const ended = await tx.query(
    'UPDATE steps SET lease_until = $1, due_at = $1, wake = wake + 1 WHERE lease_until IS NOT NULL RETURNING 1',
    [now],
  );
  await tx.query('UPDATE lanes SET probe_until = 0 WHERE probe_until <> 0');
  await tx.query(
    'UPDATE endpoints SET lease_until = NULL, due_at = $1, wake = wake + 1 WHERE lease_until IS NOT NULL',
    [now],
  );
  return ended.length;
}
