/** How the two sides prove themselves: our `user_key` at OSS, and OSS's `Token` at ours. */
import type { SignCall, SignedMessage } from '../../src/adapter-kit/contract.ts';
import { object, text } from './values.ts';

export function sign(_message: SignedMessage, { settings }: SignCall): Record<string, string> {
  return { user_key: settings['userKey'] as string };
}

/** OSS's clock and ours may lie on two sides of midnight in Jakarta for this long. */
const SKEW_MS = 600_000;
const ZONE = 'Asia/Jakarta';

/**
 * Token is SHA1(username + password + NIB + date as Ymd), in hex. OSS's own sample shows the text before hashing: that
 * one holds the password and is refused, and the reason says so without repeating it.
 */
export function verify(message: SignedMessage, _proof: string, call: SignCall): string | null {
  const { settings, now, tools } = call;
  const nib = nibIn(message, call);
  if (nib === '') return 'the body names no nib';
  const shown = (message.headers['token'] ?? '').trim();
  if (shown === '') return 'Token is missing';
  const secret = text(settings['hostedUsername']) + text(settings['hostedPassword']);
  const plain = daysAround(now, tools).map((day) => secret + nib + day);
  if (plain.some((one) => tools.same(one, shown))) {
    return 'Token came as the unhashed text; only its SHA-1 in hex is taken';
  }
  if (!/^[0-9a-f]{40}$/i.test(shown)) return 'Token is no SHA-1 in hex';
  const matches = plain.some((one) => tools.same(tools.sha1(one, 'hex'), shown.toLowerCase()));
  return matches ? null : 'Token does not match';
}

/** Read from the raw bytes: `dataNIB.nib` of receiveNIB; of receiveFileDS with or without its root. */
function nibIn({ body }: SignedMessage, { tools }: SignCall): string {
  const top = object(tools.json(body));
  const inner = [object(top['dataNIB']), object(top['receiveFileDS']), top];
  return inner.map((one) => text(one['nib'])).find((nib) => nib !== '') ?? '';
}

/** Today in Jakarta, and yesterday or tomorrow within ten minutes of midnight. */
function daysAround(now: string, tools: SignCall['tools']): string[] {
  const instants = [-SKEW_MS, 0, SKEW_MS].map((ms) => new Date(Date.parse(now) + ms).toISOString());
  return [...new Set(instants.map((instant) => tools.zoned(instant, ZONE, 'yyyyMMdd')))];
}
