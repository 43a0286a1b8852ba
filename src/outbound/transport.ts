/** One HTTP request and what is surely known after it: axios with an undici dispatcher as its transport. */
import { Axios, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { LostCode, NotSentCode } from '../flow/ports/caller.ts';

export interface Outgoing {
  /** Scheme, host and port. */
  origin: string;
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  /** Milliseconds since the epoch: nothing is sent after it, and no answer awaited. */
  deadline: number;
  maxReplyBytes: number;
}

export type Sent =
  /** Header names in lower case; repeated ones joined, cookies dropped. */
  | { is: 'response'; status: number; headers: Record<string, string>; body: Buffer }
  | { is: 'tooLarge'; status: number; headers: Record<string, string> }
  | { is: 'notSent'; code: NotSentCode }
  | { is: 'lost'; code: LostCode };

// Without axios' defaults, of which our transport reads none: 16 instead of 31 µs for each request.
const client = new Axios({ transformRequest: [], transformResponse: [] });

/** Sends once. Never rejects, never follows a redirect, never tries again. */
export async function send(dispatcher: Dispatcher, out: Outgoing, clock: Clock): Promise<Sent> {
  try {
    const response = await client.request<Sent>({
      url: out.path,
      method: out.method,
      // `false` keeps axios from naming a type for an empty body.
      headers: { 'content-type': false, ...out.headers },
      data: out.body,
      adapter: (config) => transport(dispatcher, out, clock, config),
    });
    return response.data;
  } catch {
    return { is: 'notSent', code: 'bad_request' }; // the transport itself never rejects
  }
}

async function transport(
  dispatcher: Dispatcher,
  out: Outgoing,
  clock: Clock,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse<Sent>> {
  const options: Dispatcher.DispatchOptions = {
    origin: out.origin,
    path: config.url ?? '/',
    method: (config.method ?? 'get').toUpperCase(),
    headers: config.headers.toJSON() as Record<string, string>,
    body: out.body.length > 0 ? (config.data as Uint8Array) : null,
    // Time is held by the clock; undici's own timers are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const data = await new Promise<Sent>((resolve) => dispatch(dispatcher, options, out, clock, resolve));
  return { data, status: 200, statusText: '', headers: {}, config };
}

/** Undici calls `onRequestStart` on an open connection, just before the first byte: that is the line between notSent and lost. */
function dispatch(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  out: Outgoing,
  clock: Clock,
  resolve: (sent: Sent) => void,
): void {
  let ended = false;
  let wire: Dispatcher.DispatchController | undefined;
  let head: { status: number; headers: Record<string, string> } | undefined;
  let size = 0;
  const chunks: Buffer[] = [];
  const giveUp = (): void =>
    end(wire ? { is: 'lost', code: 'timeout' } : { is: 'notSent', code: 'deadline' });
  // A process that was stopped past the deadline reads what came meanwhile before it calls the answer lost.
  const cancel = clock.after(out.deadline - clock.now(), () => clock.turn(giveUp));
  /** The first end counts; whatever is still under way is cut off. */
  function end(sent: Sent): void {
    if (ended) return;
    ended = true;
    cancel();
    resolve(sent);
    if (sent.is !== 'response') wire?.abort(new Error('ended'));
  }
  function count(bytes: number): boolean {
    size += bytes;
    if (size > out.maxReplyBytes && head) end({ is: 'tooLarge', ...head });
    return !ended;
  }
  try {
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        if (clock.now() >= out.deadline) end({ is: 'notSent', code: 'deadline' });
        if (ended) controller.abort(new Error('ended'));
        else wire = controller;
      },
      onResponseStart(_, status, headers) {
        if (status < 200) return;
        head = { status, headers: flat(headers) };
        if (Number(head.headers['content-length']) > out.maxReplyBytes) end({ is: 'tooLarge', ...head });
      },
      onResponseData(_, chunk) {
        if (count(chunk.length)) chunks.push(chunk);
      },
      onResponseEnd() {
        if (head)
          end({ is: 'response', ...head, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
      },
      onResponseError(_, error) {
        end(wire ? lost(error, head !== undefined) : notSent(error));
      },
    });
  } catch {
    end({ is: 'notSent', code: 'bad_request' });
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'set-cookie')
      joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}

const NOT_SENT: Record<string, NotSentCode> = {
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'dns_failed',
  EAI_AGAIN: 'dns_failed',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_INVALID_ARG: 'bad_request',
  UND_ERR_NOT_SUPPORTED: 'bad_request',
  ERR_ADDRESS_REFUSED: 'address_refused',
};
const TLS = /CERT|TLS|SSL|EPROTO|SIGNATURE|ISSUER/;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function notSent(error: Error): Sent {
  const code = codeOf(error);
  return { is: 'notSent', code: NOT_SENT[code] ?? (TLS.test(code) ? 'tls_failed' : 'connect_failed') };
}

function lost(error: Error, headSeen: boolean): Sent {
  if (error.name === 'HTTPParserError' || codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW')
    return { is: 'lost', code: 'bad_http' };
  return { is: 'lost', code: headSeen ? 'truncated' : 'reset' };
}
