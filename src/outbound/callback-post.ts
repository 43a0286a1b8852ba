/** Posts one callback to a platform: Standard Webhooks signature, one try, no redirects, checked address. */
import { Webhook } from 'standardwebhooks';
import { Agent } from 'undici';
import type { Clock } from '../clock.ts';
import type { CallbackPost, CallbackPosted, CallbackPoster } from '../flow/ports/callback-poster.ts';
import { checkCallbackUrl, guardedConnector, type EgressRules } from './egress.ts';
import { retryAfterSeconds } from './read-reply.ts';
import { send, type Sent } from './transport.ts';

/** Sign-off time that Standard Webhooks names: 15 to 30 s. */
const TIMEOUT_MS = 15_000;
const CONNECT_MS = 5_000;
/** The status is the answer; what comes with it is thrown away. */
const MAX_REPLY_BYTES = 1024;
const CONNECTIONS_PER_ENDPOINT = 4;

export interface PosterParts extends EgressRules {
  clock: Clock;
  timeoutMs?: number;
  /** Name resolution, for tests. */
  resolve?: NonNullable<Parameters<typeof guardedConnector>[1]['resolve']>;
}

/** Makes the poster. Connections are kept per endpoint until `close`. */
export function makeCallbackPoster(parts: PosterParts): CallbackPoster {
  const { clock, allowLoopback, timeoutMs = TIMEOUT_MS, resolve } = parts;
  const agentFor = (rules: EgressRules): Agent => {
    const connect = guardedConnector(rules, {
      timeout: Math.min(CONNECT_MS, timeoutMs),
      ...(resolve && { resolve }),
    });
    return new Agent({ connections: CONNECTIONS_PER_ENDPOINT, pipelining: 1, connect });
  };
  const agents = { strict: agentFor({ allowLoopback: false }), loopback: agentFor({ allowLoopback }) };
  return {
    async post(callback) {
      const url = URL.parse(callback.url);
      const loopback = allowLoopback && callback.loopback;
      if (!url || checkCallbackUrl(callback.url, { allowLoopback: loopback }))
        return { failed: 'callback_url' };
      const headers = headersOf(callback);
      if (!headers) return { failed: 'callback_secret' };
      const sent = await send(
        loopback ? agents.loopback : agents.strict,
        {
          origin: url.origin,
          method: 'POST',
          path: url.pathname + url.search,
          headers,
          body: Buffer.from(callback.body),
          deadline: clock.now() + timeoutMs,
          maxReplyBytes: MAX_REPLY_BYTES,
        },
        clock,
      );
      return judge(sent, clock.now());
    },
    async close() {
      await Promise.all([agents.strict.destroy(), agents.loopback.destroy()]);
    },
  };
}

/** Standard Webhooks 1.0: the same id over every attempt, a fresh time, one signature per live secret. */
function headersOf({ id, secrets, body, timestamp }: CallbackPost): Record<string, string> | null {
  try {
    const at = new Date(timestamp);
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body));
    if (signatures.length === 0) return null;
    return {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'jembatan',
      'accept-encoding': 'identity',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(timestamp / 1000)),
      'webhook-signature': signatures.join(' '),
    };
  } catch {
    return null; // a secret that is not base64: the library's words would show it
  }
}

function judge(sent: Sent, now: number): CallbackPosted {
  if (sent.is === 'response' || sent.is === 'tooLarge') {
    if (sent.status >= 300 && sent.status < 400) return { failed: 'callback_redirect' };
    const seconds = retryAfterSeconds(sent.headers['retry-after'], now);
    return { status: sent.status, ...(seconds !== undefined && { retryAfterSeconds: seconds }) };
  }
  if (sent.code === 'address_refused') return { failed: 'callback_address' };
  if (sent.code === 'timeout' || sent.code === 'deadline') return { failed: 'callback_timeout' };
  return { failed: sent.is === 'lost' ? 'callback_broken' : 'callback_unreachable' };
}
