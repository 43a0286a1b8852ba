/** The HTTP edge: every route, and what holds for all of them. */
import { Hono } from 'hono';
import type { CallbackPoster } from '../flow/ports/callback-poster.ts';
import { CommitUnknown } from '../ledger/sqlite/index.ts';
import { applications } from './applications.ts';
import { authenticate } from './auth.ts';
import { deskRoutes } from './desk.ts';
import { documentsOut, uploads } from './documents.ts';
import type { Edge, Env } from './edge.ts';
import { endpoints } from './endpoints.ts';
import { events } from './events.ts';
import { health } from './health.ts';
import { hostedRoutes } from './hosted.ts';
import { HttpProblem, notFound, problemResponse } from './problem.ts';
import { services } from './services.ts';

export interface AppParts extends Edge {
  poster: CallbackPoster;
  /** False while the process is stopping. */
  ready(): boolean;
}

export function createApp(parts: AppParts): Hono<Env> {
  const { desk } = parts;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const requestId = desk.clock.id();
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    if (c.req.query('key') !== undefined || c.req.query('access_token') !== undefined) {
      throw new HttpProblem(401, 'key_in_url', 'A key never belongs into a URL: send it as Authorization: Bearer');
    }
    await next();
  });
  app.route('/health', health(parts, parts.ready));
  app.route('/hosted', hostedRoutes(parts));
  app.use('/v1/*', authenticate(parts));
  app.route('/v1/applications', applications(parts));
  app.route('/v1/applications', events(parts));
  app.route('/v1/applications', documentsOut(parts));
  app.route('/v1/documents', uploads(parts));
  app.route('/v1/services', services(parts));
  app.route('/v1/callback-endpoints', endpoints(parts, parts.poster));
  app.route('/v1', deskRoutes(parts));
  app.notFound((c) => problemResponse(c, methodProblem(app, c.req.method, c.req.path)));
  app.onError((error, c) => {
    if (error instanceof HttpProblem) return problemResponse(c, error);
    desk.log.error('request.failed', { requestId: c.get('requestId'), route: c.req.routePath, error });
    const unsure = error instanceof CommitUnknown;
    const detail = unsure
      ? 'Whether this was stored is not known: ask again with the same Idempotency-Key'
      : 'Something failed on our side: ask again with the same Idempotency-Key';
    return problemResponse(c, new HttpProblem(503, unsure ? 'commit_unknown' : 'internal', detail, { headers: { 'retry-after': '1' } }));
  });
  return app;
}

/** 405 with Allow where the path exists under other methods. */
function methodProblem(app: Hono<Env>, method: string, path: string): HttpProblem {
  const allow = ['GET', 'POST', 'PUT', 'DELETE'].filter(
    (other) => other !== method && app.router.match(other, path)[0].some(([[, route]]) => !route.path.includes('*')),
  );
  if (allow.length === 0) return notFound('address');
  return new HttpProblem(405, 'method_not_allowed', `Use ${allow.join(', ')}`, { headers: { allow: allow.join(', ') } });
}
