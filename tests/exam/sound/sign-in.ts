/** How the bus signs in at the office, and the office at the bus. */
import type { SignIn } from '../../../src/adapter-kit/contract.ts';
import { object, text } from './operations.ts';

export const signIn: SignIn = {
  open: {
    request: ({ settings }) => ({
      method: 'POST',
      path: '/token',
      body: { json: { client: settings['clientId']!, secret: settings['clientSecret']! } },
    }),
    reply(wire) {
      const body = object(wire.body);
      const token = text(body['token']);
      if (wire.status === 401) return { is: 'away', code: 'AUTH_FAILED' };
      if (token === '') return { is: 'retry', code: 'TOKEN_UNREADABLE' };
      return { token, expiresInSeconds: Number(body['expiresIn']) };
    },
  },
  sign: (_message, { token }) => ({ authorization: `Bearer ${token}` }),
  verify: ({ headers }, _proof, { settings, tools }) =>
    tools.same(headers['x-office'] ?? '', settings['clientSecret'] as string) ? null : 'wrong x-office',
};
