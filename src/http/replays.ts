/** The operators' door to replays: first what would be sent, then those very steps. */
import { Hono } from 'hono';
import { idOf } from '../desk/look.ts';
import { planReplay, planReplays, type ReplayFilter } from '../desk/replay-plan.ts';
import { replay } from '../desk/replay.ts';
import { checkedBody } from './body.ts';
import { PLAN_REPLAY, REPLAY, type PlanReplay, type Replay } from './body-schemas-replays.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

export function replays({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/plan', async (c) => {
    need(c, 'operate');
    const { application, ...filter } = await checkedBody<PlanReplay>(c, PLAN_REPLAY);
    if (application === undefined) return c.json(await planReplays(desk, filter as ReplayFilter));
    const id = await idOf(desk, application);
    const planned = id === undefined ? undefined : await planReplay(desk, id, filter);
    if (!planned) throw notFound('application');
    if ('code' in planned) throw new HttpProblem(409, planned.code, WHY_NOT[planned.code]!);
    return c.json({ applications: [planned], more: false });
  });

  app.post('/', async (c) => {
    const { key } = need(c, 'operate');
    const { applications, reason } = await checkedBody<Replay>(c, REPLAY);
    const done: object[] = [];
    // One after the other: who came first is sent first.
    for (const { applicationId, steps } of applications) {
      const { is, ...why } = await replay(desk, applicationId, steps, { by: key.id, reason });
      done.push({ applicationId, is, ...why });
    }
    return c.json({ applications: done }, 202);
  });

  return app;
}

const WHY_NOT: Record<string, string> = {
  application_ended: 'The application has ended, or is being ended',
  unknown_step: 'The application has no such step',
};
