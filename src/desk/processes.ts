/** What a process tells the others of the configuration that it goes by, and what it sees of them. */
import { BEAT_MS, SILENT_MS, type ProcessRow } from '../domain/installation.ts';
import type { Held } from './in-force.ts';
import type { Desk } from './look.ts';

/** Rows of processes that ended without a word are kept so long. */
const DROP_MS = 3_600_000;
/** Between a start's reading of its files and its first word. */
const STARTING_MS = 60_000;

/** A process that goes by these files from its start on. */
export function newProcess(
  { clock }: Pick<Desk, 'clock'>,
  { name, role }: Pick<ProcessRow, 'name' | 'role'>,
  digest: string,
): ProcessRow {
  const now = clock.now();
  const times = { startedAt: now, since: now, seenAt: 0 };
  return { id: clock.id(), name, role, digest, ...times, heard: 0, refused: [] };
}

/** Says it at once. */
export async function say({ desk: { ledger, clock }, me }: Held): Promise<void> {
  const now = clock.now();
  await ledger.sayProcess({ ...me, seenAt: now }, now - DROP_MS);
  me.seenAt = now;
}

/** Says it when it is time to. */
export async function beat(held: Held): Promise<void> {
  const { desk, me } = held;
  if (me.seenAt === 0) await begin(held);
  else if (desk.clock.now() - me.seenAt >= BEAT_MS) await say(held);
}

/** What was asked for before it started it has read already; what was asked for while it did, perhaps not. */
async function begin(held: Held): Promise<void> {
  const { desk, me } = held;
  const asked = await desk.ledger.askedReload();
  if (asked) {
    const hasRead = asked.digest === me.digest || asked.at < me.startedAt - STARTING_MS;
    me.heard = hasRead ? asked.n : asked.n - 1;
  }
  await say(held);
}

/** Those that are there. */
export function living({ clock, ledger }: Pick<Desk, 'clock' | 'ledger'>): Promise<ProcessRow[]> {
  return ledger.processes(clock.now() - SILENT_MS);
}
