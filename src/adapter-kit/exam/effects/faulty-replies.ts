/** Faults on a reply as an adapter sees it: what gateways, pages and unknown codes look like once they are read. */
import type { JsonObject, JsonValue, WireReply } from '../../contract.ts';
import { joined, leavesOf, nameOf, withValue } from '../values.ts';
import type { FaultName } from './table.ts';

export const PAGE = '<html><head><title>Gateway</title></head><body><h1>Sorry</h1></body></html>';
export const WAIT_SECONDS = 7;

function page(status: number): WireReply {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: PAGE,
    bytes: PAGE.length,
    type: 'text/html',
  };
}

function json(status: number, body: JsonObject): WireReply {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body, bytes: JSON.stringify(body).length, type: 'application/json' };
}

function empty(status: number, headers: Record<string, string> = {}): WireReply {
  return { status, headers, body: null, bytes: 0, type: '' };
}

/** 204 and 205 have no body. */
function withBody(status: number): number {
  return status === 204 || status === 205 ? 200 : status;
}

/** Replies that the bus hands on: the rest (malformed, too large, redirected, lost) no adapter ever sees. */
export const FAULTY: Partial<Record<FaultName, (good: WireReply) => WireReply[]>> = {
  html_200: ({ status }) => [page(withBody(status))],
  empty_200: ({ status }) => [empty(withBody(status))],
  object_200: ({ status }) => [json(withBody(status), {})],
  wrong_type: ({ status, bytes }) => [{ ...empty(status), bytes, type: 'application/octet-stream' }],
  http_500: () => [page(500), empty(500)],
  http_502: () => [page(502)],
  http_504: () => [page(504), empty(504)],
  http_503: () => [page(503), empty(503)],
  rate_limit: () => [empty(429, { 'retry-after': String(WAIT_SECONDS) })],
  unauthorized: () => [empty(401)],
  gateway_400: () => [page(400)],
  gateway_403: () => [page(403)],
  gateway_404: () => [page(404), empty(404)],
  gateway_404_json: () => [
    json(404, { message: 'no Route matched with those values' }),
    json(404, { timestamp: '2026-01-15T02:30:05.000+00:00', status: 404, error: 'Not Found', path: '/x' }),
  ],
};

/** Names under which an agency says how it went. */
const CODE_NAME = /(?:^|[a-z_-])(?:code|status|state|result|success|rc|kode)$/i;
/** Of these one must decide: they stand at the top and mean nothing else. */
const DECIDING_NAME =
  /^(?:(?:response|result|error|return|reason|status)[_-]?code|code|status|success|rc|kode)$/i;
const DECIDING_DEPTH = 2;

export interface Strange {
  /** Pointer of the code that was made unknown. */
  at: string;
  /** It ought to decide by itself. */
  decides: boolean;
  wire: WireReply;
}

/** A good reply with one of its codes made unknown at a time. `sent`: what was only handed back is no code. */
export function strangeCodes(good: WireReply, sent: unknown): Strange[] {
  const echoes = new Set([...leavesOf(sent)].map(([at, value]) => `${nameOf(at)} ${String(value)}`));
  return [...leavesOf(good.body)]
    .filter(([at]) => CODE_NAME.test(nameOf(at)))
    .filter(([at, value]) => !echoes.has(`${nameOf(at)} ${String(value)}`))
    .flatMap(([at, value]) => {
      const depth = at.split('/').length - 1;
      const decides = DECIDING_NAME.test(nameOf(at)) && depth <= DECIDING_DEPTH;
      return unlisted(value).map((other) => ({
        at: at || joined('', ''),
        decides,
        wire: { ...good, body: withValue(good.body, at, other) },
      }));
    });
}

function unlisted(value: JsonValue): JsonValue[] {
  if (typeof value === 'number') return [987_654];
  if (typeof value === 'boolean') return ['ZZ99'];
  if (typeof value !== 'string' || value === '') return [];
  // A short number may be listed, whatever its digits.
  return ['ZZ99', /^\d{4,}$/.test(value) ? '9'.repeat(value.length) : '98765'];
}
