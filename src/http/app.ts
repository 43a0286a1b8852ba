/** The HTTP edge: every route, and what holds for all of them. */
import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import type { Desk } from '../desk/look.ts';
import type { CallbackPoster } from '../flow/ports/callback-poster.ts';
import { CommitUnknown } from '../domain/commit-unknown.ts';
import { admission } from './admission.ts';
import { agencies } from './agencies.ts';
import { applications } from './applications.ts';
import { authenticate } from './auth.ts';
import { batches } from './batches.ts';
import { configRoutes } from './config.ts';
import { complaints } from './complaints.ts';
import { corrections } from './corrections.ts';
import { deliveries } from './deliveries.ts';
import { deskRoutes } from './desk.ts';
import { documentsOut, uploads } from './documents.ts';
import type { Edge, Env } from './edge.ts';
import { endpoints } from './endpoints.ts';
import { events } from './events.ts';
import { health } from './health.ts';
import { hostedRoutes } from './hosted.ts';
import { manual } from './openapi/manual.ts';
import { messages } from './messages.ts';
import { metrics } from './metrics.ts';
import { BASE_HEADERS, HttpProblem, notFound, problemResponse } from './problem.ts';
import { quotas } from './quota.ts';
import { replays } from './replays.ts';
import { services } from './services.ts';
import { submit } from './submit.ts';
import { openSurveys, surveys } from './surveys.ts';
import { tasks } from './tasks.ts';

export interface AppParts extends Edge {
  poster: CallbackPoster;
}

export function createApp(parts: AppParts): Hono<Env> {
  const { desk } = parts;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const requestId = desk.clock.id();
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    for (const [name, value] of Object.entries(BASE_HEADERS)) c.header(name, value);
    await next();
  });
  app.route('/health', health(parts));
  app.route('/metrics', metrics(parts));
  app.route('/', manual(parts));
  app.route('/hosted', hostedRoutes(parts));
  app.route('/v1/surveys', openSurveys(parts));
  app.use('/v1/*', authenticate(parts), quotas(parts));
  app.route('/v1/applications', submit(parts));
  app.route('/v1/applications', applications(parts));
  app.route('/v1/applications', events(parts));
  app.route('/v1/applications', documentsOut(parts));
  app.route('/v1/applications', corrections(parts));
  app.route('/v1/applications', messages(parts));
  app.route('/v1/applications', complaints(parts));
  app.route('/v1/batches', batches(parts));
  app.route('/v1/documents', uploads(parts));
  app.route('/v1/services', services(parts));
  app.route('/v1/surveys', surveys(parts));
  app.route('/v1/callback-endpoints', endpoints(parts));
  app.route('/v1/callback-endpoints', deliveries(parts, parts.poster));
  app.route('/v1/agencies', agencies(parts));
  app.route('/v1/config', configRoutes(parts));
  app.route('/v1/replays', replays(parts));
  app.route('/v1', deskRoutes(parts));
  app.route('/v1', tasks(parts));
  app.notFound((c) => refused(desk, c, noRoute(app, c)));
  app.onError((error, c) => {
    if (error instanceof HttpProblem) return refused(desk, c, error);
    const route = routePath(c);
    desk.log.error('request.failed', { requestId: c.get('requestId'), method: c.req.method, route, error });
    return problemResponse(c, failure(error, c.req.method));
  });
  // Before the router: who is shed costs a fifth less than the cheapest route.
  app.fetch = admission({ ...parts, clock: desk.clock, log: desk.log }, app.fetch);
  return app;
}

/** A platform's developer asks by request id: the line says what was wrong and never what was sent. */
function refused(desk: Desk, c: Context<Env>, problem: HttpProblem): Response {
  const { status, code, problems } = problem;
  const caller = c.get('caller') as Env['Variables']['caller'] | undefined;
  const line = {
    ...{ requestId: c.get('requestId'), method: c.req.method, route: routePath(c), status, code },
    ...(caller && { key: caller.key.id, platform: caller.platform.id }),
    ...(problems.length > 0 && { problems: [...new Set(problems.map((one) => one.code))] }),
  };
  if (status === 401 || status === 403) desk.log.warn('request.refused', line);
  else desk.log.info('request.refused', line);
  return problemResponse(c, problem);
}

/** Law 2: whoever was to be stored and hears a 5xx asks again with the same key. */
function failure(error: unknown, method: string): HttpProblem {
  if (error instanceof CommitUnknown && error.reason === 'storageFull') {
    const detail = 'The disk of the ledger is full: reading goes on, ask again with the same Idempotency-Key';
    return new HttpProblem(503, 'storage_full', detail, { headers: { 'retry-after': '30' } });
  }
  if (error instanceof CommitUnknown) {
    const detail = 'Whether this was stored is not known: ask again with the same Idempotency-Key';
    return new HttpProblem(503, 'commit_unknown', detail, { headers: { 'retry-after': '1' } });
  }
  const again = method === 'POST' ? ': ask again with the same Idempotency-Key' : '';
  return new HttpProblem(500, 'internal', `Something failed on our side${again}`);
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** 405 with Allow where the path exists under other methods. */
function noRoute(app: Hono<Env>, { req: { method, path } }: Context): HttpProblem {
  const serves = (other: string): boolean =>
    app.router
      .match(other, path)[0]
      .some(([[, route]]) => route.method === other && !route.path.includes('*'));
  const allow = METHODS.filter((other) => other !== method && serves(other)).join(', ');
  return allow === ''
    ? notFound('address')
    : new HttpProblem(405, 'method_not_allowed', `Use ${allow}`, { headers: { allow } });
}
