/** An application's events: as JSON pages, or as a server-sent stream that follows it. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { sleep } from '../clock.ts';
import { idOf, show } from '../desk/look.ts';
import type { ChainedEvent } from '../domain/chain.ts';
import { FINAL } from '../domain/application.ts';
import { need, queryNumber, reach, type Edge, type Env } from './edge.ts';
import { notFound } from './problem.ts';

const MOST_EVENTS = 500;
/** How often a stream looks for news; a platform that wants it sooner registers a callback. */
const LOOK_MS = 1_000;
/** A stream ends after this and the client comes back with Last-Event-ID. */
const LONGEST_STREAM_MS = 10 * 60_000;

export function events({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/:id/events', async (c) => {
    need(c, 'applications:read');
    const id = await idOf(desk, c.req.param('id'));
    if (id === undefined || !(await show(desk, id, reach(c)))) throw notFound('application');
    const after = queryNumber(c, 'after', Number(c.req.header('last-event-id') ?? 0) || 0, 1_000_000);
    if (!c.req.header('accept')?.includes('text/event-stream')) {
      const page = await desk.ledger.events(id, after, MOST_EVENTS);
      return c.json({ events: page.map(eventView), next: page.at(-1)?.seq ?? after });
    }
    return streamSSE(c, async (stream) => {
      const until = desk.clock.now() + LONGEST_STREAM_MS;
      let last = after;
      while (!stream.aborted && desk.clock.now() < until) {
        for (const event of await desk.ledger.events(id, last, MOST_EVENTS)) {
          last = event.seq;
          await stream.writeSSE({ id: String(event.seq), event: event.type, data: JSON.stringify(eventView(event)) });
        }
        const view = await show(desk, id, null);
        if (view && FINAL.has(view.view.application.state) && view.view.application.version <= last) return;
        await sleep(desk.clock, LOOK_MS);
      }
    });
  });
  return app;
}

export function eventView({ stream, seq, at, type, data, hash }: ChainedEvent): object {
  return { stream, seq, at, type, data: JSON.parse(data) as object, hash };
}
