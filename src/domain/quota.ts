/** A platform's quota: a bucket that holds `burst` requests and refills by `perSecond`. */

export interface Quota {
  perSecond: number;
  burst: number;
}

export interface Bucket {
  tokens: number;
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

/** Spends one request of a bucket; a platform that has none yet has a full one. */
export function spend(bucket: Bucket | undefined, { perSecond, burst }: Quota, now: number): Spent {
  // A clock that was set back refills nothing, and does not stop the refilling either.
  const refilled = bucket ? bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond : burst;
  const tokens = Math.min(burst, refilled);
  const granted = tokens >= 1;
  const left = granted ? tokens - 1 : tokens;
  const waitMs = Math.max(0, Math.ceil(((1 - left) / perSecond) * 1000));
  return { bucket: { tokens: left, at: now }, granted, waitMs };
}
