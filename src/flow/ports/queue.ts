/** The queue as the flow sees it: lanes of bells, and handlers that answer them. */
import type { Bell, Ring } from '../../domain/lane.ts';

export interface LaneLimits {
  concurrency: number;
  /** Bells handled per second, at most. */
  perSecond: number;
}

export interface LaneCounts {
  waiting: number;
  delayed: number;
  active: number;
}

export interface Queue {
  /** The same bell twice is one; a full lane drops it (`recover` brings it again). */
  ring(ring: Ring): void;
  /**
   * Answers a lane's bells until the queue closes. A handler's failure is logged; the ledger knows what is due. Said
   * again, the new limits hold from now on, for the bells that wait already too.
   */
  work(lane: string, limits: LaneLimits, handle: (bell: Bell) => Promise<void>): void;
  /** Nothing of the lane is begun, by any process. This and `resume` reject while the queue cannot be asked. */
  pause(lane: string): Promise<void>;
  resume(lane: string): Promise<void>;
  /** Null while the queue cannot be asked. */
  counts(lane: string): Promise<LaneCounts | null>;
  /** Takes no more bells and waits for those being answered. */
  close(): Promise<void>;
}
