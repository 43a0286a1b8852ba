/** An application comes in: held against schema and form, handed to `flow/intake`, answered with its receipt. */
import { Hono, type Context } from 'hono';
import type { JsonObject } from '../domain/outcome.ts';
import { intake, refuse, type Intake, type Submission } from '../flow/intake.ts';
import { show } from '../desk/look.ts';
import { readApplication } from '../flow/submission.ts';
import { warnings } from '../schema/application.ts';
import type { Problem } from '../schema/problems.ts';
import { objectBody } from './body.ts';
import { need, type Edge, type Env } from './edge.ts';
import { endsWithin, preferredWait } from './prefer.ts';
import { HttpProblem, invalid } from './problem.ts';
import { applicationView } from './views.ts';

export function submit(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();
  const { desk } = edge;
  app.post('/', async (c) => {
    const { platform } = need(c, 'applications:submit');
    const idempotencyKey = idempotencyKeyOf(c);
    const wait = preferredWait(c);
    const read = readApplication(desk.catalogue(), platform, await objectBody(c));
    if ('problems' in read) throw invalid('application', read.problems);
    const { body, late } = read;
    const submission: Submission = {
      ...{ platform: platform.id, sandbox: platform.sandbox, idempotencyKey },
      body: body as unknown as JsonObject,
    };
    const result = late.length > 0 ? await refuse(desk, submission, late) : await intake(desk, submission);
    const receipt = receiptOf(edge, result, warnings(body, desk.catalogue().regions));
    const location = { location: receipt.links.self };
    if (wait > 0 && (await endsWithin(desk, receipt.id, wait))) {
      const shown = await show(desk, receipt.id, platform.id);
      const headers = { ...location, 'preference-applied': `wait=${wait}` };
      return c.json(applicationView(shown!, desk), 200, headers);
    }
    return c.json(receipt, 202, location);
  });
  return app;
}

/** As the draft standard says: one string of visible ASCII, in quotes or bare. Two headers joined have a comma. */
export function idempotencyKeyOf(c: Context): string {
  const header = c.req.header('idempotency-key');
  if (header === undefined) {
    throw new HttpProblem(
      400,
      'idempotency_key_missing',
      'Send an Idempotency-Key: the same one when you ask again',
    );
  }
  const key = /^(?:"([^"]*)"|([^"]*))$/.exec(header);
  const text = key?.[1] ?? key?.[2] ?? '';
  if (!/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}$/.test(text)) {
    const detail =
      'An Idempotency-Key has 1 to 255 visible ASCII characters: no comma, quote, backslash or space';
    throw new HttpProblem(400, 'idempotency_key_invalid', detail);
  }
  return text;
}

/** The same for the first question and for every repeat of it, byte for byte. */
interface Receipt {
  id: string;
  number: string;
  state: 'accepted';
  promisedAt: string | null;
  links: { self: string; events: string };
  warnings?: Problem[];
}

function receiptOf({ url }: Edge, result: Intake, notes: Problem[]): Receipt {
  switch (result.is) {
    case 'refused':
      throw invalid('application', result.problems);
    case 'keyReused':
      throw new HttpProblem(
        422,
        'idempotency_key_reused',
        'This Idempotency-Key was used for another application',
      );
    case 'referenceTaken':
      throw new HttpProblem(
        409,
        'client_reference_taken',
        'This clientReference belongs to another application',
      );
    case 'duplicateOpen':
      throw new HttpProblem(
        409,
        'duplicate_open',
        `This person has an open application for this service: ${result.number}`,
      );
    default: {
      const self = `${url}/v1/applications/${result.id}`;
      const promisedAt = result.promisedAt === null ? null : new Date(result.promisedAt).toISOString();
      const links = { self, events: `${self}/events` };
      const receipt: Receipt = { id: result.id, number: result.number, state: 'accepted', promisedAt, links };
      return notes.length > 0 ? { ...receipt, warnings: notes } : receipt;
    }
  }
}
