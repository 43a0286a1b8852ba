/** Liveness and readiness, for supervisors and proxies. No key needed, nothing told but up or not, and why. */
import { Hono } from 'hono';
import type { Edge, Env } from './edge.ts';

export function health({ desk, ready, load }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/live', (c) => c.json({ status: 'up' }));
  app.get('/ready', async (c) => {
    const status = await whyNot();
    return status === null ? c.json({ status: 'ready' }) : c.json({ status }, 503);
  });

  async function whyNot(): Promise<'stopping' | 'storage_full' | 'ledger_unavailable' | null> {
    if (!ready()) return 'stopping';
    if (load.storageFull()) return 'storage_full';
    return desk.ledger.ping().then(
      () => null,
      () => 'ledger_unavailable',
    );
  }
  return app;
}
