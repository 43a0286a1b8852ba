/** A bell as BullMQ knows it: its lane's queue, its job, and the name by which the same bell twice is one. */
import type { BulkJobOptions } from 'bullmq';
import type { Bell, Ring } from '../domain/lane.ts';

export interface BellJob {
  name: 'bell';
  data: Bell;
  opts: BulkJobOptions;
}

/** BullMQ keeps ':' for itself. */
const withoutColon = (text: string): string => text.replaceAll('%', '%25').replaceAll(':', '%3A');

export const queueNameOf = (lane: string): string => withoutColon(lane);

/**
 * The name of a bell's job. BullMQ swallows a job whose name it still holds, in whatever state. That can silence no
 * step for good: a claim raises the wake, and so does every new due time, so whatever is to be done next has a new
 * name; a job is removed when it is answered, well or badly; and one whose worker died goes back to its lane when its
 * lock has run out. Until then the ring of the same wake is swallowed, and needs none.
 *
 * A bell for later has a name of its own: BullMQ counts its time by the machines' own clocks, and a lane may wake before
 * it was to. Whichever of the two is answered first makes the other stale.
 */
export const jobNameOf = ({ id, wake }: Bell, later: boolean): string =>
  `${withoutColon(id)}#${wake}${later ? '~' : ''}`;

/** BullMQ's priorities; 0 would pass all others by. */
const LAST_PRIORITY = 2_097_151;

export function jobOf({ bell, at, priority }: Ring, now: number, trace: string | undefined): BellJob {
  return {
    name: 'bell',
    data: { id: bell.id, wake: bell.wake },
    opts: {
      jobId: jobNameOf(bell, at > now),
      priority: Math.min(Math.max(1, Math.trunc(priority)), LAST_PRIORITY),
      ...(at > now && { timestamp: now, delay: Math.ceil(at - now) }),
      removeOnComplete: true,
      removeOnFail: true,
      ...(trace !== undefined && { telemetry: { metadata: trace } }),
    },
  };
}
