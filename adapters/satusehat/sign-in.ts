/** Signing in to SATUSEHAT: client credentials in a form, a bearer token whose lifetime comes as text. */
import type {
  Outcome,
  SignCall,
  SignedMessage,
  SignIn,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';
import { object, text } from './values.ts';

function tokenRequest({ settings }: SignCall): WireRequest {
  return {
    method: 'POST',
    path: '/oauth2/v1/accesstoken?grant_type=client_credentials',
    body: {
      form: {
        client_id: settings['clientId'] as string,
        client_secret: settings['clientSecret'] as string,
      },
    },
  };
}

function tokenReply(
  wire: WireReply,
  { tools }: SignCall,
): { token: string; expiresInSeconds: number } | Outcome {
  const body = object(wire.body);
  const token = text(body['access_token']);
  // Every value of this reply is a string, numbers too.
  const expiresInSeconds = Number(body['expires_in']);
  if (wire.status < 300 && token !== '' && expiresInSeconds > 0) return { token, expiresInSeconds };
  // A 400 here is our own client id or secret: nobody can be served until that is mended.
  if (wire.status === 400) return { is: 'away', code: 'AUTH_FAILED' };
  return tools.byStatus(wire) ?? { is: 'retry', code: 'TOKEN_UNREADABLE' };
}

function sign(_message: SignedMessage, { token = '' }: SignCall): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

export const signIn: SignIn = { open: { request: tokenRequest, reply: tokenReply }, sign };
