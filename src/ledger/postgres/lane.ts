/** An agency's lane: one row, read by every claim, written when its health or its day's count changes. */
import { afterExchange, newLane, type Lane, type LaneStep } from '../../domain/lane.ts';
import type { Change } from '../../flow/ports/ledger.ts';
import type { Statements } from './database.ts';
import { appendToStream } from './events.ts';
import { LANE } from './rows.ts';

const READ = `SELECT ${LANE.select} FROM lanes WHERE id = ?`;

export async function readLane(on: Statements, id: string): Promise<Lane> {
  return (await on.query<Lane>(READ, [id]))[0] ?? newLane(id);
}

/** Reads it for changing it: others who would do so wait. A row is made for a lane that has none. */
export async function lockLane(tx: Statements, id: string): Promise<Lane> {
  const [locked] = await tx.query<Lane>(`${READ} FOR NO KEY UPDATE`, [id]);
  if (locked) return locked;
  await tx.query(
    `INSERT INTO lanes (${LANE.names}) VALUES (${LANE.marks}) ON CONFLICT DO NOTHING`,
    LANE.of(newLane(id)),
  );
  return lockLane(tx, id);
}

/** The row is locked and exists. */
export async function writeLane(tx: Statements, lane: Lane): Promise<void> {
  await tx.query(`UPDATE lanes SET ${LANE.set} WHERE id = ?`, [...LANE.of(lane), lane.id]);
}

/** A lane's new state, and what its own stream is told of it. The row is locked. */
export async function storeLane(tx: Statements, { lane, event }: LaneStep, now: number): Promise<void> {
  await writeLane(tx, lane);
  if (event) await appendToStream(tx, `agency:${lane.id}`, [event], now);
}

/** What an exchange says about the agency's health; most often nothing changes, and then nobody waits. */
export async function moveLane(
  tx: Statements,
  { id, signal, limits }: NonNullable<Change['lane']>,
  now: number,
): Promise<void> {
  if (!afterExchange(await readLane(tx, id), signal, limits, now)) return;
  const moved = afterExchange(await lockLane(tx, id), signal, limits, now);
  if (moved) await storeLane(tx, moved, now);
}
