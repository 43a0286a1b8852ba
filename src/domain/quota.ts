/** A platform's quota: a bucket that holds `burst` requests and refills by `perSecond`. */

export interface Quota {
  perSecond: number;
  burst: number;
}

export interface Bucket {
  /** Thousandths of a request: whole numbers, so that whoever waits as long as told is let in. */
  milli: number;
  /** When it was last refilled, ms since the epoch. */
  at: number;
}

export interface Spent {
  bucket: Bucket;
  /** Whether the request may go on. */
  granted: boolean;
  /** Milliseconds until a request would be granted; 0 when one would be at once. */
  waitMs: number;
}

const ONE = 1_000;

/** Spends one request of a bucket; a platform that has none yet has a full one. */
export function spend(bucket: Bucket | undefined, { perSecond, burst }: Quota, now: number): Spent {
  // A clock that was set back refills nothing, and does not stop the refilling either.
  const refilled = bucket ? bucket.milli + Math.max(0, now - bucket.at) * perSecond : burst * ONE;
  const milli = Math.min(burst * ONE, refilled);
  const granted = milli >= ONE;
  const left = granted ? milli - ONE : milli;
  return {
    bucket: { milli: left, at: now },
    granted,
    waitMs: Math.ceil(Math.max(0, ONE - left) / perSecond),
  };
}
