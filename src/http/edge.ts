/** What every HTTP handler is handed, and what the edge does for all: ids, who calls, bodies within limits. */
import type { Context } from 'hono';
import type { Platform } from '../domain/catalogue.ts';
import type { JsonValue } from '../domain/outcome.ts';
import type { Desk } from '../desk/look.ts';
import type { ApiKeyRow, Scope } from '../flow/ports/ledger-desk.ts';
import { WireError } from '../wire/error.ts';
import { parseJson } from '../wire/json.ts';
import { HttpProblem } from './problem.ts';

export interface Caller {
  key: ApiKeyRow;
  platform: Platform;
}

export type Env = { Variables: { requestId: string; caller: Caller } };

export interface Edge {
  desk: Desk;
  /** Public base URL, without a slash at its end. */
  url: string;
  /** Callback URLs may be loopback for sandbox platforms. */
  checkCallbackUrl(url: string, sandbox: boolean): string | null;
}

/** Largest JSON body. */
export const MOST_BODY_BYTES = 1024 * 1024;

/** The body's bytes, refused beyond `most` however it is framed. */
export async function bodyBytes(c: Context, most: number): Promise<Uint8Array> {
  if (c.req.header('content-encoding') !== undefined) {
    throw new HttpProblem(415, 'content_encoding', 'Compressed bodies are not taken');
  }
  const tooLarge = new HttpProblem(413, 'body_too_large', `The body is larger than ${most} bytes`, {
    headers: { connection: 'close' },
  });
  if (Number(c.req.header('content-length') ?? 0) > most) throw tooLarge;
  const stream = c.req.raw.body;
  if (!stream) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > most) throw tooLarge;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
}

/** A JSON body through the strict gate. */
export async function jsonBody(c: Context): Promise<JsonValue> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && !type?.endsWith('+json')) {
    throw new HttpProblem(415, 'content_type', 'Send application/json');
  }
  const bytes = await bodyBytes(c, MOST_BODY_BYTES);
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new HttpProblem(error.code === 'json_too_large' ? 413 : 400, error.code, error.message);
  }
}

export async function objectBody(c: Context): Promise<Record<string, JsonValue>> {
  const value = await jsonBody(c);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpProblem(422, 'schema', 'The body must be a JSON object', {
      problems: [{ pointer: '', code: 'schema_type', detail: 'must be an object' }],
    });
  }
  return value;
}

export function need(c: Context<Env>, scope: Scope): Caller {
  const caller = c.get('caller');
  if (!caller.key.scopes.includes(scope)) {
    throw new HttpProblem(403, 'scope', `This key lacks the scope ${scope}`);
  }
  return caller;
}

/** Operators see every platform's applications, others their own. */
export function reach(c: Context<Env>): string | null {
  const { key, platform } = c.get('caller');
  return key.scopes.includes('operate') ? null : platform.id;
}

/** A whole number from the query, within bounds. */
export function queryNumber(c: Context, name: string, otherwise: number, most: number): number {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value > most) {
    throw new HttpProblem(400, 'query_invalid', `${name} must be a whole number from 0 to ${most}`);
  }
  return value;
}
