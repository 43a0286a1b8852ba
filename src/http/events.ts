/** An application's events: as JSON pages, or as a server-sent stream that follows it. */
import { Hono, type Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { sleep } from '../clock.ts';
import { FINAL } from '../domain/application.ts';
import type { ChainedEvent } from '../domain/chain.ts';
import { rowOfTheirs } from './applications.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem } from './problem.ts';
import { queryOf } from './query.ts';

const MOST_EVENTS = 500;
/** How often a stream looks for news; a platform that wants it sooner registers a callback. */
const LOOK_MS = 1_000;
/** A word on an idle stream every so many looks, so that no proxy takes it for dead. */
const LOOKS_PER_WORD = 15;
/** A stream ends after this and the client comes back with Last-Event-ID. */
const LONGEST_STREAM_MS = 10 * 60_000;
/** Streams open at once for one platform: each costs a read per look. */
const MOST_STREAMS = 100;

export function events(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const { desk } = edge;
  const open = new Map<string, number>();
  app.get('/:id/events', async (c) => {
    const { platform } = need(c, 'applications:read');
    const { id } = await rowOfTheirs(c, desk);
    const after = afterOf(c);
    if (!c.req.header('accept')?.includes('text/event-stream')) {
      const page = await desk.ledger.events(id, after, MOST_EVENTS);
      return c.json({ events: page.map(eventView), next: page.at(-1)?.seq ?? after });
    }
    const others = open.get(platform.id) ?? 0;
    if (others >= MOST_STREAMS) {
      const headers = { 'retry-after': '30' };
      throw new HttpProblem(
        429,
        'too_many_streams',
        `A platform has at most ${MOST_STREAMS} event streams open`,
        { headers },
      );
    }
    open.set(platform.id, others + 1);
    return streamSSE(c, async (stream) => {
      try {
        await follow(edge, stream, id, after);
      } catch (error) {
        desk.log.error('stream.failed', { requestId: c.get('requestId'), applicationId: id, error });
      } finally {
        open.set(platform.id, open.get(platform.id)! - 1);
      }
    });
  });
  return app;
}

/** Last-Event-ID is of the later hour: a browser comes back to the same URL with it. */
function afterOf(c: Context): number {
  const { after } = queryOf(c, { after: /^\d{1,9}$/ });
  const last = c.req.header('last-event-id') ?? '';
  return Number(/^\d{1,9}$/.test(last) ? last : (after ?? 0));
}

async function follow(
  { desk, ready }: Edge,
  stream: SSEStreamingApi,
  id: string,
  after: number,
): Promise<void> {
  const until = desk.clock.now() + LONGEST_STREAM_MS;
  let last = after;
  for (let look = 1; !stream.aborted && ready() && desk.clock.now() < until; look += 1) {
    for (const event of await desk.ledger.events(id, last, MOST_EVENTS)) {
      last = event.seq;
      await stream.writeSSE({
        id: String(event.seq),
        event: event.type,
        data: JSON.stringify(eventView(event)),
      });
    }
    const stored = await desk.ledger.read(id);
    if (!stored || (FINAL.has(stored.application.state) && stored.application.version <= last)) return;
    if (look % LOOKS_PER_WORD === 0) await stream.write(': waiting\n\n');
    await sleep(desk.clock, LOOK_MS);
  }
}

/** An event as schemas/event.json has it. */
export function eventView({ stream, seq, at, type, data, hash }: ChainedEvent): object {
  return { stream, seq, at, type, data: JSON.parse(data) as object, hash };
}
