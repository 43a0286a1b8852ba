/** Errors as callers see them: RFC 9457 problem details with a stable code and a request id, never a value. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from '../schema/problems.ts';

/** Thrown by handlers; the edge turns it into a response. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly problems: Problem[];
  readonly headers: Record<string, string>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    more: { problems?: Problem[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = more.problems ?? [];
    this.headers = more.headers ?? {};
  }
}

const TITLES: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Who calls is not known',
  403: 'This key may not do that',
  404: 'There is no such thing',
  405: 'This method is not offered here',
  408: 'The request took too long',
  409: 'This contradicts what is stored',
  413: 'The request is too large',
  415: 'This content type is not taken',
  422: 'The content is not valid',
  429: 'Too many requests',
  503: 'The bus cannot take this now',
};

export const PROBLEM_TYPE = 'application/problem+json';

export function problemResponse(c: Context, problem: HttpProblem): Response {
  const { status, code, message, problems, headers } = problem;
  const body = {
    type: `urn:jembatan:problem:${code}`,
    title: TITLES[status] ?? 'Something went wrong',
    status,
    detail: message,
    code,
    requestId: c.get('requestId') as string,
    ...(problems.length > 0 && { problems }),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': PROBLEM_TYPE, ...headers });
}

export const notFound = (what: string): HttpProblem =>
  new HttpProblem(404, 'not_found', `There is no such ${what}, or it is not yours`);
