/** The operators' door: what is stuck and since when, retry, resolve, new rounds, agencies' lanes. */
import { Hono, type Context } from 'hono';
import { newRound, resolve, retry, setPaused } from '../desk/act.ts';
import type { Desk } from '../desk/look.ts';
import { newLane } from '../domain/lane.ts';
import { acted, actorOf } from './acts.ts';
import { rowOfTheirs } from './applications.ts';
import { checkedBody } from './body.ts';
import { RESOLVE, type Resolve } from './body-schemas.ts';
import { need, type Edge, type Env } from './edge.ts';
import { eventView } from './events.ts';
import { notFound } from './problem.ts';
import { LIMIT, limitOf, pageOf, queryOf } from './query.ts';

/** An item's id is its application's and a number. */
const ITEM = /^[0-9a-f-]{36}\.\d{1,6}$/;
const MOST_ROWS = 500;

export function deskRoutes({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/items', async (c) => {
    need(c, 'operate');
    const { limit, cursor } = queryOf(c, { limit: LIMIT, cursor: ITEM });
    const most = limitOf(limit, 100, MOST_ROWS);
    const found = await desk.ledger.openItems({ most, ...(cursor !== undefined && { after: cursor }) });
    const { rows, nextCursor } = pageOf(found, most);
    return c.json({ items: rows.map(({ closedAt: _, closedBy: __, ...item }) => item), nextCursor });
  });

  app.get('/stuck', async (c) => {
    need(c, 'operate');
    const steps = await desk.ledger.stuck(limitOf(queryOf(c, { limit: LIMIT }).limit, 100, MOST_ROWS));
    return c.json({
      steps: steps.map(({ applicationId, name, agency, operation, state, code, since, attempts, dueAt }) => ({
        ...{
          applicationId,
          step: name,
          agency,
          operation,
          state,
          code,
          attempts,
          since: new Date(since).toISOString(),
        },
        nextAttemptAt: dueAt === null ? null : new Date(dueAt).toISOString(),
      })),
    });
  });

  for (const [path, act] of [
    ['retry', retry],
    ['new-round', newRound],
  ] as const) {
    app.post(`/applications/:id/steps/:step/${path}`, async (c) => {
      need(c, 'operate');
      const { id, step } = await stepOf(c, desk);
      acted(await act(desk, id, step, await actorOf(c)));
      return c.json({ applicationId: id, step }, 202);
    });
  }

  app.post('/applications/:id/steps/:step/resolve', async (c) => {
    const { key } = need(c, 'operate');
    const { id, step } = await stepOf(c, desk);
    const { reason, ...resolution } = await checkedBody<Resolve>(c, RESOLVE);
    acted(await resolve(desk, id, step, resolution, { by: key.id, reason }));
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
          .map(({ state: step, count, oldest }) => ({
            state: step,
            count,
            oldest: new Date(oldest).toISOString(),
          }));
        return {
          id,
          role,
          title,
          adapter: `${adapter}@${major}`,
          state,
          until,
          code,
          failures,
          steps,
          queue: desk.queue.counts(id),
        };
      }),
    });
  });

  app.get('/agencies/:agency/events', async (c) => {
    need(c, 'operate');
    const id = c.req.param('agency');
    const { after = 0 } = queryOf(c, { after: /^\d{1,9}$/ });
    if (id !== 'bus') mustKnow(desk, id);
    const page = await desk.ledger.events(id === 'bus' ? id : `agency:${id}`, Number(after), MOST_ROWS);
    return c.json({ events: page.map(eventView), next: page.at(-1)?.seq ?? Number(after) });
  });

  for (const act of ['pause', 'resume'] as const) {
    app.post(`/agencies/:agency/${act}`, async (c) => {
      need(c, 'operate');
      const id = c.req.param('agency');
      mustKnow(desk, id);
      acted(await setPaused(desk, id, act === 'pause', await actorOf(c)));
      return c.json({ id, state: act === 'pause' ? 'paused' : 'awake' });
    });
  }
  return app;
}

async function stepOf(c: Context<Env>, desk: Desk): Promise<{ id: string; step: string }> {
  const { id } = await rowOfTheirs(c, desk);
  return { id, step: c.req.param('step')! };
}

function mustKnow(desk: Desk, id: string): void {
  if (!desk.catalogue().agencies.some((agency) => agency.id === id)) throw notFound('agency');
}
