/** The applicant mends what was sent back. */
import { Hono } from 'hono';
import { mend, type Corrections } from '../desk/mend.ts';
import { checkedBody } from './body.ts';
import { CORRECTIONS } from './body-schemas.ts';
import { rowOfTheirs } from './applications.ts';
import { need, type Edge, type Env } from './edge.ts';
import { HttpProblem, invalid, notFound } from './problem.ts';

const WHY_NOT: Record<string, string> = {
  application_ended: 'The application has ended',
  nothing_sent_back: 'Nothing is to be mended (any more)',
};

export function corrections({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/:id/corrections', async (c) => {
    const { key } = need(c, 'applications:submit');
    const { id } = await rowOfTheirs(c, desk);
    const { changes = [], documents = [] } = await checkedBody<Partial<Corrections>>(c, CORRECTIONS);
    const mended = await mend(desk, id, { changes, documents }, key.id);
    switch (mended.is) {
      case 'notFound':
        throw notFound('application');
      case 'refused':
        throw new HttpProblem(409, mended.code, WHY_NOT[mended.code] ?? 'This cannot be mended now');
      case 'invalid':
        throw invalid('corrections', mended.problems);
      default:
        return c.json({ id, again: mended.again }, 202);
    }
  });
  return app;
}
