/** Sign-in scheme `bearer` (RFC 6750): one token that does not change, both ways. */
import type { SignIn } from '../contract.ts';
import { headerOf, needed, settingOf } from './read.ts';

/** Settings: `bearerToken`; for what the agency calls at our side `hostedToken`. */
export const bearer: SignIn = {
  sign(_message, { settings }) {
    return { authorization: `Bearer ${needed(settings, 'bearerToken')}` };
  },
  verify(message, _proof, { settings, tools }) {
    const expected = settingOf(settings, 'hostedToken');
    if (expected === null) return 'no hosted token is configured';
    // The scheme's name has no case, the rest has.
    const shown = headerOf(message, 'authorization').replace(/^bearer +/i, 'Bearer ');
    return tools.same(shown, `Bearer ${expected}`) ? null : 'wrong token';
  },
};
