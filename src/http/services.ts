/** The catalogue as platforms see it: services, what they ask for, and the schema of their forms. */
import { Hono } from 'hono';
import type { Service } from '../domain/catalogue.ts';
import { need, type Edge, type Env } from './edge.ts';
import { notFound } from './problem.ts';

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
    return c.json({ services: published().map(({ form: _, ...service }) => service) });
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
