/** Holds each platform to its quota: counted once it is known who calls, before the body is read. */
import { createMiddleware } from 'hono/factory';
import { spend, type Bucket, type Quota } from '../domain/quota.ts';
import type { Edge, Env } from './edge.ts';
import { HttpProblem } from './problem.ts';

/** Every request of a platform counts. Each process has buckets of its own. */
export const quotas = ({ desk, watch }: Edge) => {
  const buckets = new Map<string, Bucket>();
  return createMiddleware<Env>(async (c, next) => {
    const { id, quota } = c.get('caller').platform;
    if (!quota) return next();
    const { bucket, granted, waitMs } = spend(buckets.get(id), quota, desk.clock.now());
    buckets.set(id, bucket);
    for (const [name, value] of rateLimits(quota, bucket)) c.header(name, value);
    if (granted) return next();
    watch.overQuota(id);
    throw new HttpProblem(
      429,
      'quota_exceeded',
      `A platform may send ${quota.perSecond} requests a second, and ${quota.burst} at once`,
      { headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } },
    );
  });
};

/** As draft-ietf-httpapi-ratelimit-headers has them: what is left, and in how many seconds all of it is there again. */
function rateLimits({ perSecond, burst }: Quota, { milli }: Bucket): [string, string][] {
  const seconds = (missing: number): number => Math.ceil(missing / perSecond);
  return [
    ['ratelimit-policy', `"platform";q=${burst};w=${seconds(burst)}`],
    ['ratelimit', `"platform";r=${Math.floor(milli / 1000)};t=${seconds(burst - milli / 1000)}`],
  ];
}
