/** Liveness and readiness, for supervisors and proxies. No key needed, nothing told but up or not. */
import { Hono } from 'hono';
import type { Edge, Env } from './edge.ts';

export function health({ desk, ready }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/live', (c) => c.json({ status: 'up' }));
  app.get('/ready', async (c) => {
    try {
      if (!ready()) return c.json({ status: 'stopping' }, 503);
      await desk.ledger.ping();
      return c.json({ status: 'ready' });
    } catch {
      return c.json({ status: 'ledger unavailable' }, 503);
    }
  });
  return app;
}
