/** Callback endpoints over HTTP: register, list, rotate the secret, resume, remove. */
import { Hono, type Context } from 'hono';
import type { Desk } from '../desk/look.ts';
import { newEndpoint, newEndpointSecret, openEndpoint, resealEndpoint } from '../flow/endpoints.ts';
import { ringAll } from '../flow/flow.ts';
import type { EndpointRow } from '../flow/ports/ledger-notify.ts';
import { checkedBody } from './body.ts';
import { ENDPOINT, type Endpoint } from './body-schemas.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, invalid, notFound } from './problem.ts';

const MOST_ENDPOINTS = 10;

export function endpoints({ desk, checkCallbackUrl }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const find = (c: Context<Env>): Promise<EndpointRow> => endpointOfTheirs(c, desk);
  const view = async (row: EndpointRow): Promise<object> => {
    const { url, types } = await openEndpoint(desk, row);
    const { id, state, code, failures, createdAt } = row;
    return { id, url, types, state, code, failures, createdAt };
  };

  app.post('/', async (c) => {
    const caller = need(c, 'callbacks:manage');
    const { url, types = [] } = await checkedBody<Endpoint>(c, ENDPOINT);
    const refused = checkCallbackUrl(url, caller.platform.sandbox);
    if (refused !== null) {
      const problem = { pointer: '/url', code: refused, detail: 'is not a URL that may be called' };
      throw invalid('callback endpoint', [problem]);
    }
    if ((await desk.ledger.endpointsOf(caller.platform.id)).length >= MOST_ENDPOINTS) {
      const detail = `A platform has at most ${MOST_ENDPOINTS} callback endpoints`;
      throw new HttpProblem(409, 'too_many_endpoints', detail);
    }
    const secret = newEndpointSecret(desk);
    const row = await newEndpoint(desk, caller.platform.id, { url, secrets: [secret], types });
    await desk.ledger.createEndpoint(row);
    return c.json({ ...(await view(row)), secret }, 201);
  });

  app.get('/', async (c) => {
    const { platform } = need(c, 'callbacks:manage');
    return c.json({ endpoints: await Promise.all((await desk.ledger.endpointsOf(platform.id)).map(view)) });
  });

  app.delete('/:id', async (c) => {
    const row = await find(c);
    await desk.ledger.deleteEndpoint(row.id);
    return c.body(null, 204);
  });

  app.post('/:id/rotate-secret', async (c) => {
    const row = await find(c);
    const known = await openEndpoint(desk, row);
    const secret = newEndpointSecret(desk);
    // Both sign until the next rotation, so that the receiver can change over without losing one.
    const sealed = await resealEndpoint(desk, row, { ...known, secrets: [secret, known.secrets[0]!] });
    await desk.ledger.resealEndpoint(row.id, sealed);
    return c.json({ id: row.id, secret });
  });

  app.post('/:id/resume', async (c) => {
    const row = await find(c);
    ringAll(desk.queue, await desk.ledger.updateEndpoint(row.id, { state: 'active', code: null }));
    return c.json(await view((await desk.ledger.endpoint(row.id))!));
  });

  return app;
}

/** The endpoint of the path; what belongs to another platform does not exist. */
export async function endpointOfTheirs(c: Context<Env>, desk: Desk): Promise<EndpointRow> {
  const { platform } = need(c, 'callbacks:manage');
  const row = await desk.ledger.endpoint(c.req.param('id')!);
  if (!row || row.platform !== platform.id) throw notFound('callback endpoint');
  return row;
}
