/** The thread of an application over HTTP: what is said about it, beside what the citizen was told. */
import { Hono } from 'hono';
import { messageThen, type Standing } from '../console/status.ts';
import type { Desk } from '../desk/look.ts';
import { say, threadOf, type Moment, type Said, type Spoken } from '../desk/thread.ts';
import { messageOfEvent } from '../domain/messages/moments.ts';
import { openView } from '../flow/view.ts';
import { rowOfTheirs } from './applications.ts';
import { checkedBody } from './body.ts';
import { MESSAGE } from './body-schemas-people.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';
import { standingOf } from './standing.ts';
import { idempotencyKeyOf } from './submit.ts';

export function messages({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/:id/messages', async (c) => {
    const { key } = need(c, 'applications:submit');
    const idempotencyKey = idempotencyKeyOf(c);
    const { id } = await rowOfTheirs(c, desk);
    const said = await checkedBody<Said>(c, MESSAGE);
    if (said.from === 'agency') need(c, 'operate');
    const saying = await say(desk, id, said, { by: key.id, idempotencyKey });
    if (saying.is === 'notFound') throw notFound('application');
    if (saying.is === 'keyReused') throw reusedKey();
    if (saying.is === 'refused')
      throw new HttpProblem(409, saying.code, 'This thread is as long as it may be');
    const { n, at } = saying;
    return c.json({ n, at, from: said.from, channel: said.channel }, 201);
  });

  app.get('/:id/messages', async (c) => {
    const { key } = need(c, 'applications:read');
    const { id } = await rowOfTheirs(c, desk);
    const shown = await shownThread(desk, id);
    // As with documents: who has read what people said stands in the bus's own stream.
    const data = { applicationId: id, by: key.id };
    await desk.ledger.appendEvents('bus', [{ type: 'go.mpp.message.viewed.v1', data }]);
    return c.json({ messages: shown });
  });
  return app;
}

export const reusedKey = (): HttpProblem =>
  new HttpProblem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for something else');

async function shownThread(desk: Desk, id: string): Promise<object[]> {
  const view = await openView(desk, id);
  if (!view) throw notFound('application');
  const standing = standingOf(view, desk);
  const paid = (name: unknown): boolean => {
    const step = typeof name === 'string' ? view.steps.get(name) : undefined;
    return (
      step !== undefined && desk.registry.operation(step.adapter, step.operation).operation.money === true
    );
  };
  return (await threadOf(desk, view)).flatMap((one) =>
    one.is === 'said' ? [spokenView(one)] : momentView(one, standing, paid),
  );
}

const spokenView = ({ is: _, ...spoken }: Spoken): object => spoken;

/** Only what the citizen was told; the rest of the events is nobody's message. */
function momentView(
  { at, type, data }: Moment,
  standing: Standing,
  paid: (step: unknown) => boolean,
): object[] {
  const isPaid = type === 'go.mpp.step.succeeded.v1' && paid(data['step']);
  const code = isPaid ? 'paid' : messageOfEvent(type, data);
  return code === null ? [] : [{ at, from: 'bus', ...messageThen(standing, code, data) }];
}
