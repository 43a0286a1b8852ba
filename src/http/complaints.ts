/** Complaints over HTTP: made by who was served, answered or forwarded by the desk that they lie on. */
import { Hono, type Context } from 'hono';
import {
  answerComplaint,
  complain,
  forwardComplaint,
  openComplaint,
  type Complained,
  type Complaint,
} from '../desk/complain.ts';
import { idOf, type Desk } from '../desk/look.ts';
import { roleOf } from '../domain/complaint.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { ComplaintRow } from '../flow/ports/ledger-people.ts';
import { openView, type View } from '../flow/view.ts';
import { rowOfTheirs } from './applications.ts';
import { checkedBody } from './body.ts';
import { ANSWER, COMPLAINT, FORWARD } from './body-schemas-people.ts';
import { need, type Caller, type Edge, type Env } from './edge.ts';
import { reusedKey } from './messages.ts';
import { HttpProblem, notFound } from './problem.ts';
import { idempotencyKeyOf } from './submit.ts';
import { needRole } from './tasks.ts';

type Made = Omit<Complaint, 'tier' | 'identity'> & Partial<Complaint>;

const WHY_NOT: Record<string, string> = {
  complaint_closed: 'The complaint has been answered or forwarded',
  complaint_personal: "A person's number stands in it: send the text without it",
  complaint_unforwardable: 'It cannot be forwarded as it is: the log says why',
  too_many_complaints: 'There are as many complaints about this application as may be',
};

export function complaints({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();

  app.post('/:id/complaints', async (c) => {
    const { key } = need(c, 'applications:submit');
    const idempotencyKey = idempotencyKeyOf(c);
    const { id } = await rowOfTheirs(c, desk);
    const { tier = 2, identity = 'named', ...rest } = await checkedBody<Made>(c, COMPLAINT);
    const row = doneOf(await complain(desk, id, { ...rest, tier, identity }, { by: key.id, idempotencyKey }));
    // What a repeat of the question hears is what it heard at first.
    return c.json({ ...publicView(row), state: 'received', forwardedTo: null }, 201);
  });

  app.get('/:id/complaints', async (c) => {
    const { key } = need(c, 'applications:read');
    const { id } = await rowOfTheirs(c, desk);
    const view = await openView(desk, id);
    if (!view) throw notFound('application');
    const rows = await desk.ledger.complaints(id);
    await viewed(desk, { applicationId: id, by: key.id });
    return c.json({ complaints: rows.map((row) => wholeView(desk, view, row)) });
  });

  app.get('/:id/complaints/:n', async (c) => {
    const { id, row, caller } = await ofDesk(c, desk);
    const view = await openView(desk, id);
    if (!view) throw notFound('application');
    await viewed(desk, { applicationId: id, n: row.n, by: caller.key.id });
    return c.json(wholeView(desk, view, row));
  });

  app.post('/:id/complaints/:n/answer', async (c) => {
    const { id, row, caller } = await ofDesk(c, desk);
    const { text } = await checkedBody<{ text: string }>(c, ANSWER);
    return c.json(publicView(doneOf(await answerComplaint(desk, id, row.n, text, caller.key.id))));
  });

  app.post('/:id/complaints/:n/forward', async (c) => {
    const { id, row, caller } = await ofDesk(c, desk);
    const { text } = await checkedBody<{ text?: string }>(c, FORWARD);
    const forwarded = await forwardComplaint(desk, id, row.n, {
      by: caller.key.id,
      ...(text !== undefined && { text }),
    });
    return c.json(publicView(doneOf(forwarded)));
  });
  return app;
}

function doneOf(complained: Complained): ComplaintRow {
  switch (complained.is) {
    case 'notFound':
      throw notFound('complaint');
    case 'keyReused':
      throw reusedKey();
    case 'refused':
      throw new HttpProblem(409, complained.code, WHY_NOT[complained.code] ?? 'This cannot be done now');
    default:
      return complained.row;
  }
}

/** Whoever has the desk's role: an officer answers whatever platform took it in. */
async function ofDesk(
  c: Context<Env>,
  desk: Desk,
): Promise<{ id: string; row: ComplaintRow; caller: Caller }> {
  const id = await idOf(desk, c.req.param('id')!);
  const n = Number(c.req.param('n'));
  const row = id === undefined ? undefined : (await desk.ledger.complaints(id)).find((one) => one.n === n);
  const caller = needRole(c, roleOf(row?.category ?? ''));
  if (id === undefined || !row) throw notFound('complaint');
  return { id, row, caller };
}

/** Who looked at what was complained of can be told later. */
async function viewed({ ledger }: Desk, data: JsonObject): Promise<void> {
  await ledger.appendEvents('bus', [{ type: 'go.mpp.complaint.viewed.v1', data }]);
}

const publicView = ({ n, at, category, tier, state, dueAt, forwardedTo }: ComplaintRow): object => {
  return { n, at, category, tier, state, dueAt, forwardedTo };
};

/** Of one who wants to stay unnamed the desk learns the matter only; his platform knows whose application it is. */
const wholeView = (desk: Desk, view: View, row: ComplaintRow): object => ({
  ...publicView(row),
  ...openComplaint(desk, view, row),
});
