/** The bank's front door: tokens of 900 s, signatures on raw bytes, the day's X-EXTERNAL-IDs. Written apart from the kit's sign-in, as a second opinion on it. */
import { createHash, createHmac, createPublicKey, createVerify, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { wordOf } from './values.ts';

const TOKEN_SECONDS = 900;
const SKEW_MS = 300_000;
const DAY_MS = 86_400_000;
/** The bank's day begins at midnight in Jakarta. */
const JAKARTA_MS = 7 * 3_600_000;

/** A refusal as [HTTP status / case, detail], or null. */
export type Refusal = readonly [string, string] | null;

export interface Door {
  /** A new token, or why there is none. */
  grant(c: Context): { token: string; expiresIn: string } | { refusal: readonly [string, string] };
  /** Why a transaction is refused before it is read, or null. */
  refusal(c: Context, raw: string): Refusal;
}

export function frontDoor(options: SimulatorOptions): Door {
  const { settings } = options;
  const now = (): number => options.now();
  const tokens = new Map<string, number>();
  let minted = 0;
  let day = -1;
  let seen = new Set<string>();
  const partnerKey = createPublicKey(wordOf(settings['privateKey']));

  function isFresh(stamp: string): boolean {
    return stamp.length >= 20 && Math.abs(Date.parse(stamp) - now()) <= SKEW_MS;
  }

  function isUsed(externalId: string): boolean {
    const today = Math.floor((now() + JAKARTA_MS) / DAY_MS);
    if (today !== day) [day, seen] = [today, new Set()];
    const used = seen.has(externalId);
    seen.add(externalId);
    return used;
  }

  return {
    grant(c) {
      const stamp = c.req.header('x-timestamp') ?? '';
      const client = c.req.header('x-client-key') ?? '';
      if (client === '') return { refusal: ['400/02', 'X-CLIENT-KEY'] };
      if (!isFresh(stamp)) return { refusal: ['400/01', 'X-TIMESTAMP'] };
      if (client !== settings['clientId']) return { refusal: ['401/00', 'Unknown client'] };
      const verifier = createVerify('RSA-SHA256').update(`${client}|${stamp}`);
      const signature = c.req.header('x-signature') ?? '';
      if (!verifier.verify(partnerKey, signature, 'base64')) return { refusal: ['401/00', 'Signature'] };
      minted += 1;
      const token = `bank-token-${minted}`;
      tokens.set(token, now() + TOKEN_SECONDS * 1000);
      return { token, expiresIn: String(TOKEN_SECONDS) };
    },
    refusal(c, raw) {
      const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
      if ((tokens.get(token) ?? 0) <= now()) return ['401/01', ''];
      const stamp = c.req.header('x-timestamp') ?? '';
      if (!isFresh(stamp)) return ['400/01', 'X-TIMESTAMP'];
      const path = signedPath(new URL(c.req.url), settings['signedQuery']);
      const text = `${c.req.method}:${path}:${token}:${hashOf(raw)}:${stamp}`;
      if (!isSigned(text, c.req.header('x-signature') ?? '', settings)) return ['401/00', 'Signature'];
      for (const name of ['x-partner-id', 'channel-id']) {
        if (!c.req.header(name)) return ['400/02', name.toUpperCase()];
      }
      const externalId = c.req.header('x-external-id') ?? '';
      if (!/^\d{1,36}$/.test(externalId)) return ['400/01', 'X-EXTERNAL-ID'];
      return isUsed(externalId) ? ['409/00', ''] : null;
    },
  };
}

/** The query as it came, none of it, or sorted and in the strict encoding of RFC 3986. */
function signedPath({ pathname, search, searchParams }: URL, how: unknown): string {
  if (how === 'exclude' || search === '') return pathname;
  if (how !== 'sorted') return pathname + search;
  const strict = (text: string): string =>
    [...Buffer.from(text)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const pairs = [...searchParams].map(([name, value]) => `${strict(name)}=${strict(value)}`);
  return `${pathname}?${pairs.toSorted().join('&')}`;
}

/** Lower hex SHA-256 of the body without insignificant white space. */
export function hashOf(raw: string): string {
  return createHash('sha256').update(minified(raw)).digest('hex');
}

/** A hand-written scanner, unlike the kit's regular expression. */
function minified(raw: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw[at]!;
    if (quoted && char === '\\') {
      text += char + (raw[(at += 1)] ?? '');
      continue;
    }
    if (char === '"') quoted = !quoted;
    if (quoted || !' \t\r\n'.includes(char)) text += char;
  }
  return text;
}

/** Both encodings are taken, unless the settings name one. */
function isSigned(text: string, shown: string, settings: JsonObject): boolean {
  const only = settings['signatureEncoding'];
  const expected = createHmac('sha512', wordOf(settings['clientSecret'])).update(text).digest();
  return (['base64', 'hex'] as const)
    .filter((encoding) => only === undefined || only === encoding)
    .map((encoding) => Buffer.from(shown, encoding))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
