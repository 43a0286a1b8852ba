/** Sign-in scheme `snapBi`: tokens and signatures of SNAP BI, both ways (ASPI SNAP BI: svc 73, symmetric, asymmetric). */
import type { Outcome, SignCall, SignedMessage, SignIn, WireReply, WireRequest } from '../contract.ts';
import { headerOf, needed, settingOf } from './read.ts';

const TOKEN_PATH = '/v1.0/access-token/b2b';
/** 25 characters: `2026-01-15T09:30:00+07:00`. */
const STAMP_PATTERN = 'yyyy-MM-ddTHH:mm:ssXXX';
/** Some banks send milliseconds and `Z`. */
const STAMP_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
/** ASPI publishes no tolerance; this is ours, in seconds. */
const DEFAULT_SKEW_SECONDS = 300;

/**
 * Settings: `clientId`, `clientSecret`, `privateKey` (PEM), `partnerId`, `channelId`, `zone` (default Asia/Jakarta),
 * `signatureEncoding` (base64 | hex), `signedQuery` (include | sorted | exclude), `tokenBody` (grantType | grant_type);
 * for what the bank calls at our side `bankClientId`, `bankPublicKey` (PEM), `hostedSecret`, `skewSeconds` (default
 * 300), `notificationProof` (asymmetric | symmetric).
 */
export const snapBi: SignIn = { open: { request: tokenRequest, reply: tokenReply }, sign, verify };

function stampOf({ settings, now, tools }: SignCall): string {
  return tools.zoned(now, settingOf(settings, 'zone') ?? 'Asia/Jakarta', STAMP_PATTERN);
}

function tokenRequest(call: SignCall): WireRequest {
  const clientId = needed(call.settings, 'clientId');
  const grant = settingOf(call.settings, 'tokenBody') === 'grant_type' ? 'grant_type' : 'grantType';
  const stamp = stampOf(call);
  return {
    method: 'POST',
    path: TOKEN_PATH,
    headers: {
      'X-TIMESTAMP': stamp,
      'X-CLIENT-KEY': clientId,
      'X-SIGNATURE': call.tools.rsaSign(needed(call.settings, 'privateKey'), `${clientId}|${stamp}`),
    },
    body: { json: { [grant]: 'client_credentials' } },
  };
}

function tokenReply(wire: WireReply): { token: string; expiresInSeconds: number } | Outcome {
  const body = typeof wire.body === 'object' && !Array.isArray(wire.body) ? wire.body : null;
  const told = body?.['responseCode'];
  const code = typeof told === 'string' || typeof told === 'number' ? `${told}` : `${wire.status}`;
  const token = body?.['accessToken'];
  const expiresInSeconds = Number(body?.['expiresIn']);
  if (code.startsWith('200') && typeof token === 'string' && token !== '' && expiresInSeconds > 0) {
    return { token, expiresInSeconds };
  }
  // A 400 here means that our own client id or key is configured wrongly: nobody can be served until that is mended.
  if (/^40[013]/.test(code)) return { is: 'away', code: 'AUTH_FAILED' };
  return { is: 'retry', code: code.startsWith('200') ? 'TOKEN_UNREADABLE' : `TOKEN_${code.slice(0, 3)}` };
}

/** `METHOD:path`, then the token if there is one, the body's hash and the time stamp, joined by colons. */
function textToSign(message: SignedMessage, call: SignCall, stamp: string, token?: string): string {
  const path = signedPath(message.path, settingOf(call.settings, 'signedQuery'));
  const hash = call.tools.sha256(call.tools.minifyJson(Buffer.from(message.body).toString('utf8')), 'hex');
  return [message.method, path, ...(token === undefined ? [] : [token]), hash, stamp].join(':');
}

/** The path with its query as sent (ASPI), with none, or sorted by name and then value (BCA). */
function signedPath(whole: string, how: string | null): string {
  const at = whole.indexOf('?');
  if (at < 0 || (how !== 'exclude' && how !== 'sorted')) return whole;
  const path = whole.slice(0, at);
  if (how === 'exclude') return path;
  const pairs = whole
    .slice(at + 1)
    .split('&')
    .map((pair) => pair.split(/=(.*)/s, 2).map(strictlyEncoded) as [string, string?])
    .toSorted(([a, x = ''], [b, y = '']) => order(a, b) || order(x, y));
  return `${path}?${pairs.map((pair) => pair.join('=')).join('&')}`;
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Every character but RFC 3986's unreserved ones as %XX, whatever way it was sent. */
function strictlyEncoded(text: string): string {
  const encoded = encodeURIComponent(decoded(text));
  return encoded.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sign(message: SignedMessage, call: SignCall): Record<string, string> {
  const { settings, token = '', tools } = call;
  const stamp = stampOf(call);
  const encoding = settingOf(settings, 'signatureEncoding') === 'hex' ? 'hex' : 'base64';
  const text = textToSign(message, call, stamp, token);
  return {
    Authorization: `Bearer ${token}`,
    'X-TIMESTAMP': stamp,
    'X-SIGNATURE': tools.hmac('sha512', needed(settings, 'clientSecret'), text, encoding),
    'X-PARTNER-ID': needed(settings, 'partnerId'),
    'X-EXTERNAL-ID': call.tryKey,
    'CHANNEL-ID': needed(settings, 'channelId'),
  };
}

/**
 * Proofs: `token` (a bank's own token request), `symmetric` (default), `asymmetric` (no token, the bank's key),
 * `notification` (one of the two, as the setting says).
 */
function verify(message: SignedMessage, proof: string, call: SignCall): string | null {
  const stamp = headerOf(message, 'x-timestamp');
  if (!STAMP_FORM.test(stamp)) return 'X-TIMESTAMP missing or malformed';
  const limit = Number(call.settings['skewSeconds'] ?? DEFAULT_SKEW_SECONDS) * 1000;
  // Written so that an impossible date (NaN) is refused too.
  if (!(Math.abs(Date.parse(stamp) - Date.parse(call.now)) <= limit))
    return 'X-TIMESTAMP too far from our time';
  if (proof === 'token') return verifyTokenRequest(message, call, stamp);
  const told = settingOf(call.settings, 'notificationProof') === 'symmetric' ? 'symmetric' : 'asymmetric';
  const asked = proof === 'notification' ? told : proof;
  if (asked === 'symmetric' || asked === 'default' || asked === '')
    return verifySymmetric(message, call, stamp);
  if (asked === 'asymmetric') return verifyRsa(message, call, textToSign(message, call, stamp));
  return 'unknown proof';
}

function verifyTokenRequest(message: SignedMessage, call: SignCall, stamp: string): string | null {
  const client = headerOf(message, 'x-client-key');
  if (client === '' || client !== settingOf(call.settings, 'bankClientId')) return 'Unknown client';
  return verifyRsa(message, call, `${client}|${stamp}`);
}

function verifyRsa(message: SignedMessage, { settings, tools }: SignCall, text: string): string | null {
  const key = settingOf(settings, 'bankPublicKey');
  return key !== null && tools.rsaVerify(key, text, headerOf(message, 'x-signature')) ? null : 'Signature';
}

function verifySymmetric(message: SignedMessage, call: SignCall, stamp: string): string | null {
  const { settings, token, tools } = call;
  if (token === undefined || token === '') return 'Invalid token';
  if (!tools.same(headerOf(message, 'authorization'), `Bearer ${token}`)) return 'Invalid token';
  const secret = settingOf(settings, 'hostedSecret');
  if (secret === null) return 'Signature';
  const shown = headerOf(message, 'x-signature');
  const text = textToSign(message, call, stamp, token);
  // The standard fixes no encoding (ASPI samples are hex, banks use base64), so both are taken.
  const genuine =
    tools.same(shown, tools.hmac('sha512', secret, text, 'base64')) ||
    tools.same(shown.toLowerCase(), tools.hmac('sha512', secret, text, 'hex'));
  return genuine ? null : 'Signature';
}
