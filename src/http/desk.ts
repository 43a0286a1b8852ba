/** The operators' door: what is stuck and since when, retry, resolve, new rounds, agencies' lanes. */
import { Hono } from 'hono';
import { newRound, resolve, retry, setPaused, type Resolution } from '../desk/act.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { newLane } from '../domain/lane.ts';
import { acted, actorOf } from './acts.ts';
import { need, objectBody, queryNumber, type Edge, type Env } from './edge.ts';
import { eventView } from './events.ts';
import { HttpProblem, notFound } from './problem.ts';

export function deskRoutes({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/items', async (c) => {
    need(c, 'operate');
    const most = queryNumber(c, 'limit', 100, 500);
    const items = await desk.ledger.openItems({ most, ...(c.req.query('cursor') !== undefined && { after: c.req.query('cursor')! }) });
    return c.json({ items, nextCursor: items.length === most ? items.at(-1)!.id : null });
  });

  app.get('/stuck', async (c) => {
    need(c, 'operate');
    const steps = await desk.ledger.stuck(queryNumber(c, 'limit', 100, 500));
    return c.json({
      steps: steps.map(({ applicationId, name, agency, operation, state, code, since, attempts, dueAt }) => ({
        ...{ applicationId, step: name, agency, operation, state, code, attempts, since: new Date(since).toISOString() },
        nextAttemptAt: dueAt === null ? null : new Date(dueAt).toISOString(),
      })),
    });
  });

  app.post('/applications/:id/steps/:step/retry', async (c) => {
    need(c, 'operate');
    const { id, step } = c.req.param();
    acted(await retry(desk, id, step, actorOf(c, await objectBody(c))));
    return c.json({ applicationId: id, step }, 202);
  });

  app.post('/applications/:id/steps/:step/new-round', async (c) => {
    need(c, 'operate');
    const { id, step } = c.req.param();
    acted(await newRound(desk, id, step, actorOf(c, await objectBody(c))));
    return c.json({ applicationId: id, step }, 202);
  });

  app.post('/applications/:id/steps/:step/resolve', async (c) => {
    need(c, 'operate');
    const { id, step } = c.req.param();
    const body = await objectBody(c);
    acted(await resolve(desk, id, step, resolutionOf(body), actorOf(c, body)));
    return c.json({ applicationId: id, step });
  });

  app.get('/agencies', async (c) => {
    need(c, 'operate');
    const lanes = new Map((await desk.ledger.lanes()).map((lane) => [lane.id, lane]));
    const backlog = await desk.ledger.backlog();
    return c.json({
      agencies: desk.catalogue().agencies.map(({ id, role, title, adapter, major }) => {
        const { paused, sleepUntil, code, failures } = lanes.get(id) ?? newLane(id);
        const state = paused ? 'paused' : sleepUntil > 0 ? 'asleep' : 'awake';
        const until = sleepUntil > 0 ? new Date(sleepUntil).toISOString() : null;
        const steps = backlog
          .filter(({ agency }) => agency === id)
          .map(({ state: step, count, oldest }) => ({ state: step, count, oldest: new Date(oldest).toISOString() }));
        return { id, role, title, adapter: `${adapter}@${major}`, state, until, code, failures, steps, queue: desk.queue.counts(id) };
      }),
    });
  });

  app.get('/agencies/:id/events', async (c) => {
    need(c, 'operate');
    const stream = c.req.param('id') === 'bus' ? 'bus' : `agency:${c.req.param('id')}`;
    const events = await desk.ledger.events(stream, queryNumber(c, 'after', 0, 1_000_000_000), 500);
    return c.json({ events: events.map(eventView) });
  });

  for (const act of ['pause', 'resume'] as const) {
    app.post(`/agencies/:id/${act}`, async (c) => {
      need(c, 'operate');
      const id = c.req.param('id');
      if (!desk.catalogue().agencies.some((agency) => agency.id === id)) throw notFound('agency');
      acted(await setPaused(desk, id, act === 'pause', actorOf(c, await objectBody(c))));
      return c.json({ id, state: act === 'pause' ? 'paused' : 'awake' });
    });
  }
  return app;
}

function resolutionOf({ as, output, code }: JsonObject): Resolution {
  if (as === 'notDone') return { as };
  if (as === 'rejected' && typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return { as, code };
  if (as === 'succeeded' && typeof output === 'object' && output !== null && !Array.isArray(output)) return { as, output };
  throw new HttpProblem(422, 'resolution_invalid', 'as is succeeded (with output), rejected (with code) or notDone');
}
