/** One request to the bus over fetch, within limits: its whole answer, or why none came. */
import type { Clock } from '../clock.ts';

export interface Asked {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/** No answer came. */
export class Broken {
  readonly why: string;
  /** Surely nothing was sent: no connection was made. */
  readonly unsent: boolean;
  constructor(why: string, unsent: boolean) {
    this.why = why;
    this.unsent = unsent;
  }
}

const LONGEST_MS = 60_000;
/** A document and room to spare. */
const MOST_BYTES = 16 * 1024 * 1024;

const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export async function ask(
  url: string,
  key: string,
  clock: Clock,
  { method, path, headers, body }: Asked,
): Promise<Reply | Broken> {
  const limit = new AbortController();
  const cancel = clock.after(LONGEST_MS, () => limit.abort());
  try {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, authorization: `Bearer ${key}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      // A redirect would carry the key to an address that nobody named.
      redirect: 'manual',
      signal: limit.signal,
    });
    return { status: response.status, headers: response.headers, bytes: await readBytes(response) };
  } catch (error) {
    return limit.signal.aborted
      ? new Broken(`nothing within ${LONGEST_MS / 1000} s`, false)
      : broken(error as Error);
  } finally {
    cancel();
  }
}

async function readBytes({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

/** fetch says "fetch failed" and keeps the cause to itself. */
function broken({ message, cause }: Error): Broken {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return new Broken(code ?? message, code !== undefined && UNSENT.has(code));
}
