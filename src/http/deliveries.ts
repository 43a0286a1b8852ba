/** What a callback endpoint gets: a test event now, a look at what was delivered, an application's events again. */
import { Hono } from 'hono';
import { openEndpoint } from '../flow/endpoints.ts';
import { ringAll } from '../flow/flow.ts';
import { cloudEvent } from '../flow/notify.ts';
import type { CallbackPoster } from '../flow/ports/callback-poster.ts';
import { checkedBody } from './body.ts';
import { REDELIVER, type Redeliver } from './body-schemas.ts';
import type { Edge, Env } from './edge.ts';
import { endpointOfTheirs } from './endpoints.ts';
import { invalid, notFound } from './problem.ts';
import { ID, LIMIT, limitOf, pageOf, queryOf } from './query.ts';

const MOST_ROWS = 200;
const TEST = 'go.mpp.callback.test.v1';
/** A test speaks of no application, in the form of one that does. */
const NO_APPLICATION = '00000000-0000-0000-0000-000000000000';

export function deliveries({ desk, url: bus }: Edge, poster: CallbackPoster): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/:id/test', async (c) => {
    const { url, secrets } = await openEndpoint(desk, await endpointOfTheirs(c, desk));
    const timestamp = desk.clock.now();
    const id = desk.clock.id();
    const at = new Date(timestamp).toISOString();
    const told = { stream: NO_APPLICATION, seq: 1, at, type: TEST, data: '{"state":"test"}', hash: '' };
    // An id of its own: a second test is not a repeat of the first.
    const event = { ...cloudEvent(bus, told), id };
    const loopback = c.get('caller').platform.sandbox;
    return c.json(await poster.post({ url, id, secrets, body: JSON.stringify(event), timestamp, loopback }));
  });

  app.get('/:id/deliveries', async (c) => {
    const { id } = await endpointOfTheirs(c, desk);
    const { limit, cursor } = queryOf(c, { limit: LIMIT, cursor: ID });
    const most = limitOf(limit, 50, MOST_ROWS);
    const { rows, nextCursor } = pageOf(await desk.ledger.deliveryLog(id, cursor ?? '', most), most);
    return c.json({ deliveries: rows.map(({ endpointId: _, ...delivery }) => delivery), nextCursor });
  });

  app.post('/:id/redeliver', async (c) => {
    const { id, platform } = await endpointOfTheirs(c, desk);
    const { applicationId, fromSequence = 1 } = await checkedBody<Redeliver>(c, REDELIVER);
    const stored = await desk.ledger.read(applicationId);
    if (!stored || stored.application.platform !== platform) throw notFound('application');
    if (fromSequence > stored.application.version) {
      const detail = 'must be the number of one of its events';
      throw invalid('redelivery', [{ pointer: '/fromSequence', code: 'sequence_invalid', detail }]);
    }
    ringAll(desk.queue, await desk.ledger.redeliver(id, applicationId, fromSequence));
    return c.json({ applicationId, fromSequence }, 202);
  });
  return app;
}
