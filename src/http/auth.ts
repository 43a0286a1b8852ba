/** API keys: `jmb_<id>_<secret>`, stored as a keyed hash, compared in constant time. */
import { timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Flow } from '../flow/flow.ts';
import type { ApiKeyRow, Scope } from '../flow/ports/ledger-desk.ts';
import type { Edge, Env } from './edge.ts';
import { HttpProblem } from './problem.ts';

const FORM = /^jmb_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

/** Where careless clients put a key. URLs are logged on their way. */
const QUERY_KEYS = ['key', 'api_key', 'apikey', 'apiKey', 'token', 'access_token'];

/** Makes a key; its text is shown once and never stored. */
export function newApiKey(
  flow: Pick<Flow, 'clock' | 'vault'>,
  key: { platform: string; scopes: Scope[]; title: string; expiresAt: string | null },
): { text: string; row: ApiKeyRow } {
  const id = flow.clock.random(6).toString('hex');
  const secret = flow.clock.random(32).toString('base64url');
  const createdAt = new Date(flow.clock.now()).toISOString();
  const row = { id, hash: flow.vault.index('apiKey', secret), ...key, createdAt, revokedAt: null };
  return { text: `jmb_${id}_${secret}`, row };
}

const unknown = (): HttpProblem =>
  new HttpProblem(401, 'auth_invalid', 'This API key is not known, or no longer valid', {
    headers: { 'www-authenticate': 'Bearer' },
  });

export const authenticate = ({ desk }: Edge) =>
  createMiddleware<Env>(async (c, next) => {
    if (QUERY_KEYS.some((name) => c.req.query(name) !== undefined)) {
      throw new HttpProblem(
        401,
        'key_in_url',
        'A key never belongs into a URL: revoke it, and send another as Authorization: Bearer',
      );
    }
    const header = c.req.header('authorization');
    if (header === undefined) {
      throw new HttpProblem(
        401,
        'auth_missing',
        'Send Authorization: Bearer and an API key (jembatan key create)',
        {
          headers: { 'www-authenticate': 'Bearer' },
        },
      );
    }
    // Two headers joined have a comma and are no key.
    const form = /^Bearer +(\S+)$/i.exec(header);
    const [, id, secret] = FORM.exec(form?.[1] ?? '') ?? [];
    if (id === undefined || secret === undefined) throw unknown();
    const row = await desk.ledger.apiKey(id);
    const hash = desk.vault.index('apiKey', secret);
    // An unknown id costs the same comparison as a wrong secret.
    const same = timingSafeEqual(Buffer.from(hash), Buffer.from(row?.hash ?? hash));
    const platform = desk.catalogue().platforms.find((one) => one.id === row?.platform);
    const expired = row?.expiresAt != null && Date.parse(row.expiresAt) <= desk.clock.now();
    if (!row || !same || row.revokedAt !== null || expired || !platform) throw unknown();
    c.set('caller', { key: row, platform });
    await next();
  });
