/**
 * How the bus and the agency prove themselves to each other, chosen by `access`: an API key and signed news (our own
 * form), or BRI's older scheme: a token by client credentials and an HMAC over path, verb, token, time and body.
 */
import type {
  Outcome,
  SignCall,
  SignedMessage,
  SignIn,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { object, text } from './values.ts';

const TOKEN_PATH = '/oauth/client_credential/accesstoken?grant_type=client_credentials';
const SKEW_MS = 300_000;
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function setting({ settings }: SignCall, name: string): string {
  const value = text(settings[name]);
  if (value === '') throw new Error(`This access needs the setting "${name}"`);
  return value;
}

const isBri = ({ settings }: SignCall): boolean => settings['access'] === 'bri';

function tokenRequest(call: SignCall): WireRequest | null {
  if (!isBri(call)) return null;
  const form = { client_id: setting(call, 'clientId'), client_secret: setting(call, 'clientSecret') };
  return { method: 'POST', path: TOKEN_PATH, body: { form } };
}

function tokenReply(
  wire: WireReply,
  { tools }: SignCall,
): { token: string; expiresInSeconds: number } | Outcome {
  const body = object(wire.body);
  const [token, expiresInSeconds] = [text(body['access_token']), Number(text(body['expires_in']))];
  if (wire.status === 200 && token !== '' && expiresInSeconds > 0) return { token, expiresInSeconds };
  // Apigee answers a wrong client with 400 or 401.
  if (wire.status === 400) return { is: 'away', code: 'AUTH_FAILED' };
  return tools.byStatus(wire) ?? { is: 'retry', code: 'TOKEN_UNREADABLE' };
}

/** `path=…&verb=…&token=Bearer …&timestamp=…&body=…`, HMAC-SHA256, base64. */
export function briSignature(
  message: SignedMessage,
  secret: string,
  bearer: string,
  stamp: string,
  { tools }: Pick<SignCall, 'tools'>,
): string {
  const head = `path=${message.path}&verb=${message.method}&token=${bearer}&timestamp=${stamp}&body=`;
  return tools.hmac('sha256', secret, tools.bytes(head, message.body), 'base64');
}

/** Nine digits that are not to come again: nine are too few to promise it, and a repeat is refused, not obeyed. */
function externalId({ tryKey, tools }: SignCall): string {
  const number = Number.parseInt(tools.sha256(tryKey, 'hex').slice(0, 12), 16) % 1_000_000_000;
  return String(number).padStart(9, '0');
}

function sign(message: SignedMessage, call: SignCall): Record<string, string> {
  if (!isBri(call)) return { 'x-api-key': setting(call, 'apiKey') };
  const stamp = new Date(call.now).toISOString();
  const bearer = `Bearer ${call.token ?? ''}`;
  return {
    authorization: bearer,
    'bri-timestamp': stamp,
    'bri-signature': briSignature(message, setting(call, 'clientSecret'), bearer, stamp, call),
    'bri-externalid': externalId(call),
  };
}

function verify(message: SignedMessage, _proof: string, call: SignCall): string | null {
  return isBri(call) ? verifyBri(message, call) : verifyNews(message, call);
}

/** BRI's form the other way, under the secret of news: its token is its own affair, the signature covers it. */
function verifyBri(message: SignedMessage, call: SignCall): string | null {
  const stamp = message.headers['bri-timestamp'] ?? '';
  if (!STAMP.test(stamp)) return 'BRI-Timestamp is not yyyy-MM-ddTHH:mm:ss.SSSZ';
  if (!isNear(Date.parse(stamp), call)) return 'BRI-Timestamp is too far from now';
  const bearer = message.headers['authorization'] ?? '';
  const expected = briSignature(message, setting(call, 'newsSecret'), bearer, stamp, call);
  const shown = message.headers['bri-signature'] ?? '';
  return call.tools.same(expected, shown) ? null : 'BRI-Signature does not match';
}

/** HMAC-SHA256, hex, of `<x-timestamp>.<raw body>`; the timestamp is in epoch seconds. */
function verifyNews(message: SignedMessage, call: SignCall): string | null {
  const stamp = message.headers['x-timestamp'] ?? '';
  if (!/^\d{10}$/.test(stamp)) return 'x-timestamp is not epoch seconds';
  if (!isNear(Number(stamp) * 1000, call)) return 'x-timestamp is too far from now';
  const bytes = call.tools.bytes(`${stamp}.`, message.body);
  const expected = call.tools.hmac('sha256', setting(call, 'newsSecret'), bytes, 'hex');
  return call.tools.same(expected, message.headers['x-signature'] ?? '')
    ? null
    : 'x-signature does not match';
}

function isNear(time: number, { now }: SignCall): boolean {
  return Math.abs(Date.parse(now) - time) <= SKEW_MS;
}

export const signIn: SignIn = { open: { request: tokenRequest, reply: tokenReply }, sign, verify };
