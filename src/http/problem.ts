/** Errors as callers see them: RFC 9457 problem details with a stable code and a request id, never a value. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Corrector } from '../desk/corrector.ts';
import type { Problem } from '../schema/problems.ts';

/** Thrown by handlers; the edge turns it into a response. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly problems: Problem[];
  readonly headers: Record<string, string>;
  readonly correctedBy: Corrector | undefined;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    more: { problems?: Problem[]; headers?: Record<string, string>; correctedBy?: Corrector } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = more.problems ?? [];
    this.headers = more.headers ?? {};
    this.correctedBy = more.correctedBy;
  }
}

const TITLES: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Who calls is not known',
  403: 'This key may not do that',
  404: 'There is no such thing',
  405: 'This method is not offered here',
  409: 'This contradicts what is stored',
  410: 'Its time is over',
  413: 'The request is too large',
  415: 'This content type is not taken',
  422: 'The content is not valid',
  429: 'Too many requests',
  500: 'Something failed on our side',
  503: 'The bus cannot take this now',
};

export const PROBLEM_TYPE = 'application/problem+json';

/** What every answer carries, besides its request id. */
export const BASE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

export function problemResponse(c: Context, problem: HttpProblem): Response {
  const text = problemText(problem, c.get('requestId') as string);
  return c.body(text, problem.status, { 'content-type': PROBLEM_TYPE, ...problem.headers });
}

/** The body of a problem, for those who answer before there is a context. */
export function problemText(
  { status, code, message, problems, correctedBy }: HttpProblem,
  requestId: string,
): string {
  return JSON.stringify({
    type: `urn:jembatan:problem:${code}`,
    title: TITLES[status] ?? 'Something went wrong',
    status,
    detail: message,
    code,
    requestId,
    ...(correctedBy && { correctedBy }),
    ...(problems.length > 0 && { problems: problems.slice(0, MOST_PROBLEMS).map(cut) }),
  });
}

/** As schemas/problem.json has it. */
const MOST_PROBLEMS = 100;
const MOST_TEXT = 500;

/** A pointer is cut between its parts: half a name would point to nothing. */
function cut({ pointer, code, detail }: Problem): Problem {
  const whole = pointer.length <= MOST_TEXT;
  const shorter = whole ? pointer : pointer.slice(0, pointer.lastIndexOf('/', MOST_TEXT));
  return { pointer: shorter, code, detail: detail.slice(0, MOST_TEXT) };
}

export const notFound = (what: string): HttpProblem =>
  new HttpProblem(404, 'not_found', `There is no such ${what}, or it is not yours`);

/** 422 with every problem. Its own code is the problems' where they agree on a named one, and `schema` otherwise. */
export function invalid(what: string, all: Problem[]): HttpProblem {
  const named = new Set(all.filter((problem) => !isPlain(problem)).map(({ pointer }) => pointer));
  // A NIK of 17 digits is too long as well: who is told what a NIK is knows that.
  const problems = all.filter((problem) => !isPlain(problem) || !named.has(problem.pointer));
  const codes = new Set(problems.map((problem) => (isPlain(problem) ? 'schema' : problem.code)));
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  const code = codes.size === 1 ? [...codes][0]! : 'schema';
  return new HttpProblem(422, code, `${count} wrong with the ${what}`, { problems });
}

/** Named after a keyword of JSON Schema only. */
const isPlain = ({ code }: Problem): boolean => code.startsWith('schema_');
