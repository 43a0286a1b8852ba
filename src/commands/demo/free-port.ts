/** A port for somebody who listens later: an agency that is down must refuse at a known address. */
import { serve } from '@hono/node-server';
import { systemClock } from '../../clock.ts';

/** Below those that systems give to whoever connects (from 32768 on): none of these is taken by chance meanwhile. */
const FIRST = 10_240;
const PAST = 32_768;

/** A port of this machine that nobody listens on now, nor on the one that lies so far above it. */
export async function freePort(above = 0): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(systemClock.chance() * (PAST - above - FIRST));
    if ((await isFree(port)) && (above === 0 || (await isFree(port + above)))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = serve({ fetch: () => new Response(), port, hostname: '127.0.0.1' }, () =>
      probe.close(() => resolve(true)),
    );
    probe.once('error', () => resolve(false));
  });
}
