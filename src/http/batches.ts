/** What a mobile unit took down while it was offline: applications line by line, one result a line as each is committed. */
import { Hono, type Context } from 'hono';
import { isOfflineReference } from '../domain/ids.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { intake, refuse } from '../flow/intake.ts';
import { readApplication } from '../flow/submission.ts';
import { CommitUnknown } from '../domain/commit-unknown.ts';
import type { Problem } from '../schema/problems.ts';
import { WireError } from '../wire/error.ts';
import { parseJson, STRICT_LIMITS } from '../wire/json.ts';
import { need, type Caller, type Edge, type Env } from './edge.ts';
import { HttpProblem } from './problem.ts';

/** Lines taken in at the same time: enough to fill a group commit, and few enough to leave the counters their turn. */
const AT_ONCE = 32;
const MOST_LINES = 20_000;
const NEWLINE = 0x0a;
const NDJSON = /^application\/(?:x-)?ndjson(?: *; *charset="?utf-8"?)?$/i;

/** One line's result. A line that is sent again is `repeat`: the same number. */
type Result =
  | { is: 'accepted' | 'repeat'; id: string; number: string }
  /** Its reference belongs to another application already: a person decides which one is meant. */
  | { is: 'conflict'; code: 'client_reference_taken' | 'duplicate_open'; number?: string }
  | { is: 'invalid'; problems: Problem[] }
  /** Not stored, or not known to be: send the line again. */
  | { is: 'again'; code: string };

type Line = { line: number; clientReference?: string } & Result;

export function batches(edge: Edge): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/', (c) => {
    const caller = need(c, 'applications:submit');
    if (!NDJSON.test(c.req.header('content-type') ?? ''))
      throw new HttpProblem(415, 'content_type', 'Send application/x-ndjson: one application a line');
    const { body } = c.req.raw;
    if (!body) throw new HttpProblem(400, 'body_missing', 'Send one application a line');
    const results = ReadableStream.from(resultsOf(edge, c, caller, body));
    return c.body(results, 200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  });
  return app;
}

/** Results in the order in which lines are done; the last line says how many there were, or why it ended before. */
async function* resultsOf(
  edge: Edge,
  c: Context<Env>,
  caller: Caller,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const counts: Record<string, number> = { lines: 0 };
  const open = new Map<number, Promise<Line>>();
  const told = (one: Line): Uint8Array => {
    open.delete(one.line);
    counts[one.is] = (counts[one.is] ?? 0) + 1;
    return encoded(one);
  };
  let ended: string | null = null;
  try {
    for await (const bytes of linesOf(body)) {
      counts['lines']! += 1;
      const line = counts['lines']!;
      open.set(line, take(edge, caller, line, bytes));
      if (open.size >= AT_ONCE) yield told(await Promise.race(open.values()));
    }
  } catch (error) {
    ended = error instanceof HttpProblem ? error.code : 'body_incomplete';
  }
  while (open.size > 0) yield told(await Promise.race(open.values()));
  edge.desk.log.info('batch.taken', {
    requestId: c.get('requestId'),
    platform: caller.platform.id,
    ...counts,
  });
  yield encoded({ done: ended === null, ...(ended !== null && { code: ended }), ...counts });
}

const encoded = (value: object): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

/** Lines of a body, empty ones left out. Throws an HttpProblem for one too long, or too many. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let lines = 0;
  const checked = (line: Uint8Array): Uint8Array[] => {
    if (line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09)) return [];
    if (line.length > STRICT_LIMITS.maxBytes)
      throw new HttpProblem(413, 'line_too_large', 'A line is too large');
    if ((lines += 1) > MOST_LINES)
      throw new HttpProblem(413, 'too_many_lines', 'Too many lines in one batch');
    return [line];
  };
  for await (const part of body) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, part]) : part;
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      yield* checked(bytes.subarray(from, at));
      from = at + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > STRICT_LIMITS.maxBytes)
      throw new HttpProblem(413, 'line_too_large', 'A line is too large');
  }
  yield* checked(rest);
}

async function take(edge: Edge, caller: Caller, line: number, bytes: Uint8Array): Promise<Line> {
  let named: { clientReference?: string } = {};
  try {
    const body = objectOf(bytes);
    const { clientReference } = body;
    if (typeof clientReference === 'string') named = { clientReference };
    return { line, ...named, ...(await takeIn(edge, caller, body)) };
  } catch (error) {
    if (error instanceof WireError)
      return {
        line,
        ...named,
        is: 'invalid',
        problems: [{ pointer: '', code: error.code, detail: error.message }],
      };
    const code = error instanceof CommitUnknown ? 'commit_unknown' : 'internal';
    if (code === 'internal') edge.desk.log.error('batch.failed', { line, error });
    return { line, ...named, is: 'again', code };
  }
}

function objectOf(bytes: Uint8Array): JsonObject {
  const value = parseJson(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireError('json_syntax');
  return value;
}

async function takeIn({ desk }: Edge, { platform }: Caller, submitted: JsonObject): Promise<Result> {
  const { clientReference } = submitted;
  if (typeof clientReference === 'string' && !isOfflineReference(clientReference)) {
    const detail = 'An offline receipt bears a check digit at its end: this one was mistyped or is none';
    return { is: 'invalid', problems: [{ pointer: '/clientReference', code: 'check_digit', detail }] };
  }
  const read = readApplication(desk.catalogue(), platform, asOffline(submitted));
  if ('problems' in read) return { is: 'invalid', problems: read.problems };
  const body = read.body as unknown as JsonObject;
  const submission = { platform: platform.id, sandbox: platform.sandbox, body };
  const taken =
    read.late.length > 0 ? await refuse(desk, submission, read.late) : await intake(desk, submission);
  switch (taken.is) {
    case 'accepted':
    case 'repeat':
      return { is: taken.is, id: taken.id, number: taken.number };
    case 'refused':
      return { is: 'invalid', problems: taken.problems };
    case 'duplicateOpen':
      return { is: 'conflict', code: 'duplicate_open', number: taken.number };
    default:
      return { is: 'conflict', code: 'client_reference_taken' };
  }
}

/** Never ahead of a counter's application, whatever the device says of itself. */
function asOffline(submitted: JsonObject): JsonObject {
  const capture = submitted['capture'];
  const own = typeof capture === 'object' && capture !== null && !Array.isArray(capture) ? capture : {};
  return { ...submitted, capture: { ...own, offline: true } };
}
