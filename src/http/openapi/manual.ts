/** The API's description: for programs at `/openapi.json`, for people at `/docs`. No key needed, nothing told but the form. */
import { Hono } from 'hono';
import manifest from '../../../package.json' with { type: 'json' };
import { STATES } from '../../domain/application.ts';
import type { Edge, Env } from '../edge.ts';
import { openApi } from './document.ts';
import { page, PAGE_POLICY } from './page.ts';

export function manual({ url }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const document = openApi(url, manifest.version, STATES);
  app.get('/openapi.json', (c) => c.json(document));
  app.get('/docs', (c) => {
    c.header('content-security-policy', PAGE_POLICY);
    return c.html(page(document));
  });
  return app;
}
