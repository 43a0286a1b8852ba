/** The operators' door to agencies: their lanes and backlogs, their events, held and let go. */
import { Hono } from 'hono';
import { setPaused } from '../desk/act.ts';
import type { Desk } from '../desk/look.ts';
import type { Agency } from '../domain/catalogue.ts';
import { newLane, type Lane } from '../domain/lane.ts';
import { acted, actorOf } from './acts.ts';
import { driftByAgency, driftOf } from './drift.ts';
import { need, type Edge, type Env } from './edge.ts';
import { eventView } from './events.ts';
import { notFound } from './problem.ts';
import { queryOf } from './query.ts';

const MOST_EVENTS = 500;

export function agencies({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/', async (c) => {
    need(c, 'operate');
    const lanes = new Map((await desk.ledger.lanes()).map((lane) => [lane.id, lane]));
    const backlog = await desk.ledger.backlog();
    const drift = await driftByAgency(desk);
    const view = async (agency: Agency): Promise<object> => ({
      ...(await agencyView(desk, agency, lanes.get(agency.id) ?? newLane(agency.id), backlog)),
      drift: drift.get(agency.id) ?? null,
    });
    return c.json({ agencies: await Promise.all(desk.catalogue().agencies.map(view)) });
  });

  app.get('/:agency/events', async (c) => {
    need(c, 'operate');
    const id = c.req.param('agency');
    const { after = 0 } = queryOf(c, { after: /^\d{1,9}$/ });
    if (id !== 'bus') mustKnow(desk, id);
    const page = await desk.ledger.events(id === 'bus' ? id : `agency:${id}`, Number(after), MOST_EVENTS);
    return c.json({ events: page.map(eventView), next: page.at(-1)?.seq ?? Number(after) });
  });

  app.get('/:agency/drift', async (c) => {
    need(c, 'operate');
    const id = c.req.param('agency');
    mustKnow(desk, id);
    return c.json({ drift: await driftOf(desk, id) });
  });

  for (const act of ['pause', 'resume'] as const) {
    app.post(`/:agency/${act}`, async (c) => {
      need(c, 'operate');
      const id = c.req.param('agency');
      mustKnow(desk, id);
      acted(await setPaused(desk, id, act === 'pause', await actorOf(c)));
      return c.json({ id, state: act === 'pause' ? 'paused' : 'awake' });
    });
  }
  return app;
}

function mustKnow(desk: Desk, id: string): void {
  if (!desk.catalogue().agencies.some((agency) => agency.id === id)) throw notFound('agency');
}

type Backlog = Awaited<ReturnType<Desk['ledger']['backlog']>>;

async function agencyView(
  desk: Desk,
  { id, role, title, adapter, major }: Agency,
  lane: Lane,
  backlog: Backlog,
): Promise<object> {
  const { paused, sleepUntil, code, failures } = lane;
  const state = paused ? 'paused' : sleepUntil > 0 ? 'asleep' : 'awake';
  const until = sleepUntil > 0 ? new Date(sleepUntil).toISOString() : null;
  const steps = backlog
    .filter(({ agency }) => agency === id)
    .map(({ state: of, count, oldest }) => ({ state: of, count, oldest: new Date(oldest).toISOString() }));
  const queue = await desk.queue.counts(id);
  return { id, role, title, adapter: `${adapter}@${major}`, state, until, code, failures, steps, queue };
}
