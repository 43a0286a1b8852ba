/** The catalogue as platforms see it: services, what they ask for, and the schema of their forms. */
import { Hono } from 'hono';
import schema from '../../schemas/service.json' with { type: 'json' };
import type { Service } from '../domain/catalogue.ts';
import { need, type Edge, type Env } from './edge.ts';
import { notFound } from './problem.ts';
import { queryOf } from './query.ts';

/** Moments of a life under which a citizen looks for a service: birth, marriage, move. */
export const LIFE_EVENTS: readonly string[] = schema.properties.lifeEvent.enum;
const FILTERS = { lifeEvent: new RegExp(`^(?:${LIFE_EVENTS.join('|')})$`) };

export function services({ desk }: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const published = (): Service[] =>
    [...desk.catalogue().services.values()].filter(({ status }) => status === 'published');
  const find = (code: string): Service => {
    const service = published().find((one) => one.code === code);
    if (!service) throw notFound('service');
    return service;
  };
  app.get('/', (c) => {
    need(c, 'applications:read');
    const { lifeEvent } = queryOf(c, FILTERS);
    const wanted = published().filter((one) => lifeEvent === undefined || one.lifeEvent === lifeEvent);
    return c.json({ services: wanted.map(({ form: _, ...service }) => service) });
  });
  app.get('/:code', (c) => {
    need(c, 'applications:read');
    const { form: _, ...service } = find(c.req.param('code'));
    return c.json(service);
  });
  app.get('/:code/form', (c) => {
    need(c, 'applications:read');
    return c.json(find(c.req.param('code')).form);
  });
  return app;
}
