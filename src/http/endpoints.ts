/** Callback endpoints over HTTP: register, rotate the secret, test, look at deliveries, send again. */
import { Hono } from 'hono';
import { newEndpoint, newEndpointSecret, openEndpoint, resealEndpoint } from '../flow/endpoints.ts';
import { ringAll } from '../flow/flow.ts';
import type { CallbackPoster } from '../flow/ports/callback-poster.ts';
import type { EndpointRow } from '../flow/ports/ledger-notify.ts';
import { need, objectBody, queryNumber, type Caller, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

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
    const { url, types, ...others } = await objectBody(c);
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined) throw invalid('unknown_field', 'is not a field of this object', '');
    if (typeof url !== 'string') throw invalid('missing_field', 'is required', '/url');
    const refused = checkCallbackUrl(url, caller.platform.sandbox);
    if (refused !== null) throw invalid(refused, 'is not a URL that may be called', '/url');
    if (types !== undefined && !isTypes(types)) throw invalid('schema_type', 'must be a list of event types', '/types');
    if ((await desk.ledger.endpointsOf(caller.platform.id)).length >= MOST_ENDPOINTS) {
      throw new HttpProblem(409, 'too_many_endpoints', `A platform has at most ${MOST_ENDPOINTS} callback endpoints`);
    }
    const secret = newEndpointSecret(desk);
    const row = await newEndpoint(desk, caller.platform.id, { url, secrets: [secret], types: (types as string[]) ?? [] });
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
    ringAll(desk.queue, await desk.ledger.updateEndpoint(row.id, { state: row.state, code: row.code, sealed }));
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
    return c.json(await poster.post({ url, id, secrets, body: JSON.stringify(event), timestamp }));
  });

  app.get('/:id/deliveries', async (c) => {
    const row = await find(c.req.param('id'), need(c, 'callbacks:manage'));
    const most = queryNumber(c, 'limit', 50, 200);
    const log = await desk.ledger.deliveryLog(row.id, c.req.query('cursor') ?? '', most);
    const nextCursor = log.length === most ? log.at(-1)!.id : null;
    return c.json({ deliveries: log.map(({ endpointId: _, ...delivery }) => delivery), nextCursor });
  });

  app.post('/:id/redeliver', async (c) => {
    const caller = need(c, 'callbacks:manage');
    const row = await find(c.req.param('id'), caller);
    const { applicationId, fromSequence } = await objectBody(c);
    const stored = typeof applicationId === 'string' ? await desk.ledger.read(applicationId) : undefined;
    if (!stored || stored.application.platform !== caller.platform.id) throw notFound('application');
    const from = fromSequence ?? 1;
    if (typeof from !== 'number' || !Number.isInteger(from) || from < 1 || from > stored.application.version) {
      throw invalid('sequence_invalid', 'must be the number of one of its events', '/fromSequence');
    }
    ringAll(desk.queue, await desk.ledger.redeliver(row.id, stored.application.id, from));
    return c.json({ applicationId: stored.application.id, fromSequence: from }, 202);
  });
  return app;
}

function isTypes(types: unknown): types is string[] {
  return Array.isArray(types) && types.length <= 50 && types.every((type) => /^go\.mpp\.[a-zA-Z.]{1,60}\.v1$/.test(String(type)));
}

function invalid(code: string, detail: string, pointer: string): HttpProblem {
  return new HttpProblem(422, code, 'The callback endpoint is not valid', { problems: [{ pointer, code, detail }] });
}
