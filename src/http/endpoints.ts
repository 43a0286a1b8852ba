/** Callback endpoints over HTTP: register, rotate the secret, test, look at deliveries, send again. */
import { Hono } from 'hono';
import { newEndpoint, newEndpointSecret, openEndpoint, resealEndpoint } from '../flow/endpoints.ts';
import { ringAll } from '../flow/flow.ts';
import type { CallbackPoster } from '../flow/ports/callback-poster.ts';
import type { EndpointRow } from '../flow/ports/ledger-notify.ts';
import { checkedBody } from './body.ts';
import { ENDPOINT, REDELIVER, type Endpoint, type Redeliver } from './body-schemas.ts';
import { need, type Caller, type Edge, type Env } from './edge.ts';
import { HttpProblem, invalid, notFound } from './problem.ts';
import { ID, LIMIT, limitOf, pageOf, queryOf } from './query.ts';

const MOST_ENDPOINTS = 10;

export function endpoints({ desk, checkCallbackUrl, url: bus }: Edge, poster: CallbackPoster): Hono<Env> {
  const app = new Hono<Env>();
  const find = async (id: string, { platform }: Caller): Promise<EndpointRow> => {
    const row = await desk.ledger.endpoint(id);
    if (!row || row.platform !== platform.id) throw notFound('callback endpoint');
    return row;
  };
  const view = async (row: EndpointRow): Promise<object> => {
    const { url, types } = await openEndpoint(desk, row);
    const { id, state, code, failures, createdAt } = row;
    return { id, url, types, state, code, failures, createdAt };
  };

  app.post('/', async (c) => {
    const caller = need(c, 'callbacks:manage');
    const { url, types = [] } = await checkedBody<Endpoint>(c, ENDPOINT);
    const refused = checkCallbackUrl(url, caller.platform.sandbox);
    if (refused !== null) throw wrong(refused, '/url', 'is not a URL that may be called');
    if ((await desk.ledger.endpointsOf(caller.platform.id)).length >= MOST_ENDPOINTS) {
      throw new HttpProblem(
        409,
        'too_many_endpoints',
        `A platform has at most ${MOST_ENDPOINTS} callback endpoints`,
      );
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
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    await desk.ledger.deleteEndpoint(row.id);
    return c.body(null, 204);
  });

  app.post('/:id/rotate-secret', async (c) => {
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    const known = await openEndpoint(desk, row);
    const secret = newEndpointSecret(desk);
    // Both sign until the next rotation, so that the receiver can change over without losing one.
    const sealed = await resealEndpoint(desk, row, { ...known, secrets: [secret, known.secrets[0]!] });
    ringAll(
      desk.queue,
      await desk.ledger.updateEndpoint(row.id, { state: row.state, code: row.code, sealed }),
    );
    return c.json({ id: row.id, secret });
  });

  app.post('/:id/resume', async (c) => {
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    ringAll(desk.queue, await desk.ledger.updateEndpoint(row.id, { state: 'active', code: null }));
    return c.json(await view((await desk.ledger.endpoint(row.id))!));
  });

  app.post('/:id/test', async (c) => {
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    const { url, secrets } = await openEndpoint(desk, row);
    const timestamp = desk.clock.now();
    const id = desk.clock.id();
    const time = new Date(timestamp).toISOString();
    const event = { specversion: '1.0', id, source: bus, type: 'go.mpp.callback.test.v1', time, data: {} };
    return c.json(
      await poster.post({
        url,
        id,
        secrets,
        body: JSON.stringify(event),
        timestamp,
        loopback: c.get('caller').platform.sandbox,
      }),
    );
  });

  app.get('/:id/deliveries', async (c) => {
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    const { limit, cursor } = queryOf(c, { limit: LIMIT, cursor: ID });
    const most = limitOf(limit, 50, 200);
    const { rows, nextCursor } = pageOf(await desk.ledger.deliveryLog(row.id, cursor ?? '', most), most);
    return c.json({ deliveries: rows.map(({ endpointId: _, ...delivery }) => delivery), nextCursor });
  });

  app.post('/:id/redeliver', async (c) => {
    const caller = need(c, 'callbacks:manage');
    const row = await find(c.req.param('id'), caller);
    const { applicationId, fromSequence = 1 } = await checkedBody<Redeliver>(c, REDELIVER);
    const stored = await desk.ledger.read(applicationId);
    if (!stored || stored.application.platform !== caller.platform.id) throw notFound('application');
    if (fromSequence > stored.application.version) {
      throw wrong('sequence_invalid', '/fromSequence', 'must be the number of one of its events');
    }
    ringAll(desk.queue, await desk.ledger.redeliver(row.id, applicationId, fromSequence));
    return c.json({ applicationId, fromSequence }, 202);
  });
  return app;
}

function wrong(code: string, pointer: string, detail: string): HttpProblem {
  return invalid('callback endpoint', [{ pointer, code, detail }]);
}
