/** Bodies on their way in: capped however they are framed, through the strict JSON gate, held against a schema. */
import type { Context } from 'hono';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import type { Check } from '../schema/validate.ts';
import type { Slot } from './admission.ts';
import type { Env } from './edge.ts';
import { WireError } from '../wire/error.ts';
import { parseJson, STRICT_LIMITS } from '../wire/json.ts';
import { HttpProblem, invalid } from './problem.ts';

/** A body of a length that is known and no longer than this is read at once: a third of the cost of a stream. */
const MOST_AT_ONCE = 65_536;

/** The body's bytes, refused beyond `most`. */
export async function bodyBytes(c: Context, most: number): Promise<Uint8Array> {
  if (c.req.header('content-encoding') !== undefined) {
    throw new HttpProblem(415, 'content_encoding', 'Compressed bodies are not taken');
  }
  const length = c.req.header('content-length');
  if (Number(length ?? 0) > most) throw tooLarge(most);
  const { slot } = (c as Context<Env>).env;
  const received = slot?.receiving();
  try {
    // Its length is held by the HTTP parser.
    if (Number(length ?? Infinity) <= MOST_AT_ONCE) {
      slot?.hold(Number(length));
      return await readWhole(c, most);
    }
    const stream = c.req.raw.body;
    return stream ? await readAll(stream, most, slot) : new Uint8Array(0);
  } finally {
    received?.();
  }
}

/** The rest of a body that is too large is not waited for. */
function tooLarge(most: number): HttpProblem {
  const headers = { connection: 'close' };
  return new HttpProblem(413, 'body_too_large', `The body is larger than ${most} bytes`, { headers });
}

async function readWhole(c: Context, most: number): Promise<Uint8Array> {
  const bytes = await c.req.raw.arrayBuffer().catch(incomplete);
  if (bytes.byteLength > most) throw tooLarge(most);
  return new Uint8Array(bytes);
}

function incomplete(): never {
  throw new HttpProblem(400, 'body_incomplete', 'The body ended before its end');
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  most: number,
  slot: Slot | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of stream) {
      size += part.length;
      if (size > most) throw tooLarge(most);
      slot?.hold(part.length);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    incomplete();
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
}

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json(?: *; *charset="?utf-8"?)?$/i;

async function jsonBody(c: Context): Promise<JsonValue> {
  if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    throw new HttpProblem(415, 'content_type', 'Send application/json in UTF-8', {
      headers: { accept: 'application/json' },
    });
  }
  const bytes = await bodyBytes(c, STRICT_LIMITS.maxBytes);
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new HttpProblem(400, error.code, `In the body, ${error.message}`);
  }
}

/** A JSON object through the strict gate: limits, duplicate and forbidden keys, encoding, exact numbers. */
export async function objectBody(c: Context): Promise<JsonObject> {
  const value = await jsonBody(c);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('body', [{ pointer: '', code: 'schema_type', detail: 'must be an object' }]);
  }
  return value;
}

/** A JSON object that holds by its schema; every problem at once. */
export async function checkedBody<T>(
  c: Context,
  { check, title }: { check: Check; title: string },
): Promise<T> {
  const body = await objectBody(c);
  const problems = check(body);
  if (problems.length > 0) throw invalid(title, problems);
  return body as T;
}
