/** Decisions that routes ask of people: each role's own queue, what there is to see, and the decision. */
import { Hono, type Context } from 'hono';
import { decideTask, roleOfTask, showTask, type Decision } from '../desk/decide.ts';
import { idOf, type Desk } from '../desk/look.ts';
import { checkedBody } from './body.ts';
import { DECISION } from './body-schemas.ts';
import type { Caller, Edge, Env } from './edge.ts';
import { HttpProblem, invalid, notFound } from './problem.ts';
import { LIMIT, limitOf, pageOf, queryOf } from './query.ts';

const ROLE = /^[a-z][a-zA-Z0-9-]{0,62}$/;
const ITEM = /^[0-9a-f-]{36}\.\d{1,6}$/;
const MOST_ROWS = 500;

const WHY_NOT: Record<string, string> = {
  not_waiting: 'Nothing is to be decided here (any more)',
  application_ended: 'The application has ended, or is being ended',
  four_eyes: 'You have decided already: a second person has to agree',
};

export function tasks({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/tasks', async (c) => {
    const { role, limit, cursor } = queryOf(c, { role: ROLE, limit: LIMIT, cursor: ITEM });
    if (role === undefined) throw new HttpProblem(400, 'role_missing', 'Name a role: /v1/tasks?role=…');
    needRole(c, role);
    const most = limitOf(limit, 100, MOST_ROWS);
    const found = await desk.ledger.openItems({ role, most, ...(cursor !== undefined && { after: cursor }) });
    const { rows, nextCursor } = pageOf(found, most);
    const shown = rows.map(({ id, applicationId, number, step, openedAt, dueAt }) => {
      return { id, applicationId, number, step, role, openedAt, dueAt: timeOf(dueAt) };
    });
    return c.json({ tasks: shown, nextCursor });
  });

  app.get('/applications/:id/steps/:step/task', async (c) => {
    const task = await showTask(desk, await named(c, desk), c.req.param('step'));
    if (!task) throw notFound('task');
    needRole(c, task.role);
    return c.json({ ...task, dueAt: timeOf(task.dueAt) });
  });

  app.post('/applications/:id/steps/:step/decision', async (c) => {
    const [id, step] = [await named(c, desk), c.req.param('step')];
    const role = await roleOfTask(desk, id, step);
    if (role === undefined) throw notFound('task');
    const { key } = needRole(c, role);
    const { reason, ...decision } = await checkedBody<Decision & { reason: string }>(c, DECISION);
    const decided = await decideTask(desk, id, step, decision, { by: key.id, reason });
    if (decided.is === 'notFound') throw notFound('task');
    if (decided.is === 'refused' && decided.problems) {
      const problems = decided.problems.map((one) => ({ ...one, detail: 'This does not fit the form' }));
      throw invalid('decision', problems);
    }
    if (decided.is === 'refused')
      throw new HttpProblem(409, decided.code, WHY_NOT[decided.code] ?? 'This cannot be decided now');
    return c.json({ applicationId: id, step, is: decided.is });
  });

  return app;
}

/** Numbers can be guessed: who decides nothing at all learns of none. */
async function named(c: Context<Env>, desk: Desk): Promise<string> {
  const { scopes } = c.get('caller').key;
  if (!scopes.some((scope) => scope === 'operate' || scope.startsWith('task:'))) throw lacks('task:ROLE');
  const id = await idOf(desk, c.req.param('id')!);
  if (id === undefined) throw notFound('task');
  return id;
}

const timeOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Whoever has the role, or operates the bus. An officer sees his tasks whatever platform took them in. */
export function needRole(c: Context<Env>, role: string): Caller {
  const caller = c.get('caller');
  const { scopes } = caller.key;
  if (scopes.includes('operate') || scopes.includes(`task:${role}`)) return caller;
  throw lacks(`task:${role}`);
}

const lacks = (scope: string): HttpProblem =>
  new HttpProblem(403, 'scope', `This key lacks the scope ${scope}`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
