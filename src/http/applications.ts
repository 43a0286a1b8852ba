/** Applications over HTTP: submit, read, list, search, events, withdraw and cancel. */
import { Hono } from 'hono';
import type { JsonObject } from '../domain/outcome.ts';
import { endEarly } from '../desk/act.ts';
import { idOf, show } from '../desk/look.ts';
import { intake, searchIndex, type Intake } from '../flow/intake.ts';
import { checkApplication, normaliseApplication, sandboxProblems, warnings } from '../schema/application.ts';
import { normalisePhone } from '../schema/formats.ts';
import type { Problem } from '../schema/problems.ts';
import { compile } from '../schema/validate.ts';
import { acted, actorOf } from './acts.ts';
import { need, objectBody, queryNumber, reach, type Caller, type Edge, type Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';
import { applicationView, summaryView } from './views.ts';

/** Most rows of a page. */
const MOST_ROWS = 200;

export function applications(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const { desk } = edge;

  app.post('/', async (c) => {
    const caller = need(c, 'applications:submit');
    const idempotencyKey = keyOf(c.req.header('idempotency-key'));
    const submitted = await objectBody(c);
    const body = accepted(edge, submitted, caller);
    const { platform } = caller;
    const result = await intake(desk, { platform: platform.id, sandbox: platform.sandbox, body, idempotencyKey });
    const answer = answerOf(edge, result);
    const notes = warnings(body as never, desk.catalogue().regions);
    c.header('location', answer.links.self);
    return c.json({ ...answer, ...(notes.length > 0 && { warnings: notes }) }, 202);
  });

  app.get('/', async (c) => {
    need(c, 'applications:read');
    const most = queryNumber(c, 'limit', 50, MOST_ROWS);
    const { state, service, site, cursor, attention } = c.req.query();
    const platform = reach(c);
    const rows = await desk.ledger.list({
      ...(platform !== null && { platform }),
      ...(state !== undefined && { state: state as never }),
      ...(service !== undefined && { service }),
      ...(site !== undefined && { site }),
      ...(cursor !== undefined && { after: cursor }),
      attention: attention === 'true',
      most,
    });
    const last = rows.length === most ? rows.at(-1)!.id : null;
    return c.json({ applications: rows.map(summaryView), nextCursor: last });
  });

  app.post('/search', async (c) => {
    const { platform } = need(c, 'applications:read');
    const { kind, value } = searchTerm(await objectBody(c));
    const rows = await desk.ledger.search(kind, searchIndex(desk, platform.id, kind, value), platform.id, MOST_ROWS);
    return c.json({ applications: rows.map(summaryView) });
  });

  app.get('/:id', async (c) => {
    need(c, 'applications:read');
    const id = await idOf(desk, c.req.param('id'));
    const shown = id === undefined ? undefined : await show(desk, id, reach(c));
    if (!shown) throw notFound('application');
    return c.json(applicationView(shown, desk));
  });

  for (const [path, as] of [
    ['withdraw', 'withdrawn'],
    ['cancel', 'cancelled'],
  ] as const) {
    app.post(`/:id/${path}`, async (c) => {
      need(c, as === 'withdrawn' ? 'applications:submit' : 'operate');
      const id = c.req.param('id');
      if (!(await show(desk, id, reach(c)))) throw notFound('application');
      acted(await endEarly(desk, id, as, actorOf(c, await objectBody(c))));
      return c.json(applicationView((await show(desk, id, reach(c)))!, desk));
    });
  }
  return app;
}

/** As the draft standard says: one visible-ASCII string, quoted or not. Compared as it comes. */
function keyOf(header: string | undefined): string {
  if (header === undefined) {
    throw new HttpProblem(400, 'idempotency_key_missing', 'Send an Idempotency-Key: the same one when you ask again');
  }
  const key = header.replace(/^"(.*)"$/, '$1');
  if (!/^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(key)) {
    throw new HttpProblem(400, 'idempotency_key_invalid', 'An Idempotency-Key has 1 to 255 visible ASCII characters and no comma');
  }
  return key;
}

/** A submitted application that holds by schema, by its service's form and for its platform. All problems at once. */
function accepted({ desk }: Edge, submitted: JsonObject, { platform }: Caller): JsonObject {
  const problems = checkApplication(submitted);
  const service = desk.catalogue().services.get(String(submitted['serviceCode']));
  if (service) problems.push(...formProblems(service.form, submitted['formData'] ?? {}));
  if (problems.length > 0) throw invalid(problems);
  const body = normaliseApplication(submitted as never) as unknown as JsonObject;
  const synthetic = platform.sandbox ? [] : sandboxProblems(body as never);
  if (synthetic.length > 0) throw invalid(synthetic);
  return body;
}

function formProblems(form: JsonObject, data: unknown): Problem[] {
  return compile(form)(data).map((problem) => ({ ...problem, pointer: `/formData${problem.pointer}` }));
}

function invalid(problems: Problem[]): HttpProblem {
  const unknownField = problems.every(({ code }) => code === 'unknown_field');
  const code = problems.length === 1 ? problems[0]!.code : unknownField ? 'unknown_field' : 'schema';
  const detail = problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`;
  return new HttpProblem(422, code, `${detail} with the application`, { problems });
}

interface Receipt {
  id: string;
  number: string;
  state: string;
  promisedAt: string | null;
  links: { self: string; events: string };
}

function answerOf({ url }: Edge, result: Intake): Receipt {
  switch (result.is) {
    case 'refused':
      throw invalid(result.problems);
    case 'keyReused':
      throw new HttpProblem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another application');
    case 'referenceTaken':
      throw new HttpProblem(409, 'client_reference_taken', 'This clientReference belongs to another application');
    default: {
      const self = `${url}/v1/applications/${result.id}`;
      const promisedAt = result.promisedAt === null ? null : new Date(result.promisedAt).toISOString();
      return { id: result.id, number: result.number, state: 'accepted', promisedAt, links: { self, events: `${self}/events` } };
    }
  }
}

function searchTerm(body: JsonObject): { kind: 'nik' | 'phone' | 'clientReference'; value: string } {
  const [first, ...others] = Object.entries(body);
  if (!first || others.length > 0 || !['nik', 'phone', 'clientReference'].includes(first[0]) || typeof first[1] !== 'string') {
    throw new HttpProblem(422, 'search_invalid', 'Send one of nik, phone or clientReference');
  }
  const kind = first[0] as 'nik' | 'phone' | 'clientReference';
  return { kind, value: kind === 'phone' ? normalisePhone(first[1]) : first[1] };
}
