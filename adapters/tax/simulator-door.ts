/** The stand-in's front door: an API key, or BRI's token and signature, written apart from the connector's own. */
import { createHmac } from 'node:crypto';
import type { Context } from 'hono';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';

const TOKEN_SECONDS = 3600;
const SKEW_MS = 300_000;

export interface FrontDoor {
  /** Options whose `send` signs news as this access wants it. */
  news: SimulatorOptions;
}

export function frontDoor({ app }: Harness, options: SimulatorOptions): FrontDoor {
  const { settings } = options;
  if (settings['access'] !== 'bri') {
    for (const path of ['/kswp/*', '/npwp/*', '/mpn/*']) {
      app.use(path, async (c, next) => {
        if (c.req.header('x-api-key') === settings['apiKey']) return next();
        return c.json({ errorMessage: 'Unauthorized' }, 401);
      });
    }
    return { news: options };
  }
  const tokens = new Map<string, number>();
  const externalIds = new Set<string>();
  app.post('/oauth/client_credential/accesstoken', async (c) => {
    const form = await c.req.parseBody();
    const isKnown =
      form['client_id'] === settings['clientId'] && form['client_secret'] === settings['clientSecret'];
    if (!isKnown || c.req.query('grant_type') !== 'client_credentials') {
      return c.json({ ErrorCode: 'invalid_client' }, 401);
    }
    const token = `bri-token-${tokens.size + 1}`;
    tokens.set(token, options.now() + TOKEN_SECONDS * 1000);
    return c.json({ token_type: 'BearerToken', access_token: token, expires_in: String(TOKEN_SECONDS) });
  });
  for (const path of ['/mpn/*', '/v2.0/*']) {
    app.use(path, async (c, next) => {
      const wrong = await faultOf(c, options, tokens, externalIds);
      return wrong === null ? next() : c.json({ status: { code: '0601', desc: wrong } }, 401);
    });
  }
  return { news: { ...options, send: briSender(options) } };
}

/** What BRI would find wrong with a request, or null. */
async function faultOf(
  c: Context,
  { settings, now }: SimulatorOptions,
  tokens: Map<string, number>,
  externalIds: Set<string>,
): Promise<string | null> {
  const bearer = c.req.header('authorization') ?? '';
  if ((tokens.get(bearer.replace(/^Bearer /, '')) ?? 0) <= now()) return 'Invalid Token';
  const stamp = c.req.header('bri-timestamp') ?? '';
  if (!(Math.abs(Date.parse(stamp) - now()) <= SKEW_MS)) return 'Invalid Timestamp';
  const id = c.req.header('bri-externalid') ?? '';
  if (!/^\d{1,9}$/.test(id) || externalIds.has(id)) return 'Invalid External Id';
  externalIds.add(id);
  const { pathname } = new URL(c.req.url);
  const signed = signature(
    pathname,
    c.req.method,
    bearer,
    stamp,
    await c.req.text(),
    settings['clientSecret'],
  );
  return c.req.header('bri-signature') === signed ? null : 'Invalid Signature';
}

function signature(
  path: string,
  verb: string,
  bearer: string,
  stamp: string,
  body: string,
  secret: unknown,
): string {
  const text = `path=${path}&verb=${verb}&token=${bearer}&timestamp=${stamp}&body=${body}`;
  return createHmac('sha256', String(secret)).update(text).digest('base64');
}

/** News under BRI's own headers instead of ours. */
function briSender({ settings, now, send }: SimulatorOptions): SimulatorOptions['send'] {
  return (path, { method, body }) => {
    const stamp = new Date(now()).toISOString();
    const bearer = 'Bearer bri-news';
    const signed = signature(path, method, bearer, stamp, body, settings['newsSecret']);
    const headers = { authorization: bearer, 'bri-timestamp': stamp, 'bri-signature': signed };
    return send(path, { method, body, headers: { 'content-type': 'application/json', ...headers } });
  };
}
