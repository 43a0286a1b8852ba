/** `/metrics`, for Prometheus: no key needed and nothing personal told, but nothing for the world either. */
import { Hono } from 'hono';
import type { Edge, Env } from './edge.ts';
import { notFound } from './problem.ts';

/** What a proxy adds: who comes by way of one comes from outside. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

export function metrics({ watch }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/', async (c) => {
    if (FORWARDED.some((name) => c.req.header(name) !== undefined)) throw notFound('address');
    return c.text(await watch.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  return app;
}
