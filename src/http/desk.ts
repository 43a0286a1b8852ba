/** The operators' door to applications: what is stuck and since when, retry, resolve, new rounds. */
import { Hono, type Context } from 'hono';
import { newRound, resolve, retry } from '../desk/act.ts';
import { correctorsOf } from '../desk/corrector.ts';
import type { Desk } from '../desk/look.ts';
import type { StepRow } from '../flow/ports/ledger.ts';
import { acted, actorOf } from './acts.ts';
import { rowOfTheirs } from './applications.ts';
import { checkedBody } from './body.ts';
import { RESOLVE, type Resolve } from './body-schemas.ts';
import { need, type Edge, type Env } from './edge.ts';
import { LIMIT, limitOf, pageOf, queryOf } from './query.ts';
import { correctedBy, officerText } from './views.ts';

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
    const correctors = await correctorsOf(desk, rows);
    return c.json({
      items: rows.map(({ closedAt: _, closedBy: __, dueAt, ...item }) => ({
        ...item,
        dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
        text: officerText(item.code, desk),
        ...correctedBy(correctors.get(item.id)),
      })),
      nextCursor,
    });
  });

  app.get('/stuck', async (c) => {
    need(c, 'operate');
    const steps = await desk.ledger.stuck(limitOf(queryOf(c, { limit: LIMIT }).limit, 100, MOST_ROWS));
    return c.json({ steps: steps.map(stuckView) });
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

  return app;
}

async function stepOf(c: Context<Env>, desk: Desk): Promise<{ id: string; step: string }> {
  const { id } = await rowOfTheirs(c, desk);
  return { id, step: c.req.param('step')! };
}

function stuckView(step: StepRow): object {
  const { applicationId, name, agency, operation, state, code, attempts, dueAt } = step;
  const since = new Date(step.since).toISOString();
  const nextAttemptAt = dueAt === null ? null : new Date(dueAt).toISOString();
  return { applicationId, step: name, agency, operation, state, code, attempts, since, nextAttemptAt };
}
