/** Sign-in scheme `oauth2`: a token by client credentials (RFC 6749 §4.4), shown as bearer; our side only. */
import type { Outcome, SignCall, SignIn, WireReply, WireRequest } from '../contract.ts';
import { needed, settingOf } from './read.ts';

const TOKEN_PATH = '/oauth2/token';
/** Servers that name no life of a token (RFC 6749 §5.1 only recommends it); in seconds. */
const DEFAULT_LIFE = 300;

/**
 * Settings: `clientId`, `clientSecret`, `tokenPath` (default /oauth2/token), `scope`, `style` (`body`, the default:
 * the client's name and secret in the form; `basic`: in the Authorization header).
 */
export const oauth2: SignIn = {
  open: { request: tokenRequest, reply: tokenReply },
  sign(_message, { token = '' }) {
    return { authorization: `Bearer ${token}` };
  },
};

function tokenRequest({ settings, tools }: SignCall): WireRequest {
  const id = needed(settings, 'clientId');
  const secret = needed(settings, 'clientSecret');
  const scope = settingOf(settings, 'scope');
  const isBasic = settingOf(settings, 'style') === 'basic';
  // §2.3.1: both are form-encoded before they are joined.
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return {
    method: 'POST',
    path: settingOf(settings, 'tokenPath') ?? TOKEN_PATH,
    headers: { accept: 'application/json', ...(isBasic && { authorization: `Basic ${tools.base64(pair)}` }) },
    body: {
      form: {
        grant_type: 'client_credentials',
        ...(!isBasic && { client_id: id, client_secret: secret }),
        ...(scope !== null && { scope }),
      },
    },
  };
}

/** §5.2: what is wrong with us, until somebody mends it. */
const OURS = /^(invalid_client|unauthorized_client|invalid_grant|invalid_scope|access_denied)$/;

function tokenReply(wire: WireReply): { token: string; expiresInSeconds: number } | Outcome {
  const body = typeof wire.body === 'object' && !Array.isArray(wire.body) ? wire.body : null;
  const token = body?.['access_token'];
  const isBearer = /^bearer$/i.test(String(body?.['token_type'] ?? 'bearer'));
  const life = Number(body?.['expires_in'] ?? DEFAULT_LIFE);
  if (wire.status === 200 && typeof token === 'string' && token !== '' && isBearer && life > 0) {
    return { token, expiresInSeconds: life };
  }
  const isRefused = wire.status === 401 || wire.status === 403 || OURS.test(String(body?.['error']));
  if (isRefused) return { is: 'away', code: 'AUTH_FAILED' };
  return { is: 'retry', code: wire.status === 200 ? 'TOKEN_UNREADABLE' : `TOKEN_${wire.status}` };
}
