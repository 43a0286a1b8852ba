/** Sign-in scheme `basic` (RFC 7617), both ways. */
import type { SignIn } from '../contract.ts';
import { headerOf, needed, settingOf } from './read.ts';

/** Settings: `username`, `password`; for what the agency calls at our side `hostedUsername`, `hostedPassword`. */
export const basic: SignIn = {
  sign(_message, { settings, tools }) {
    const pair = `${needed(settings, 'username')}:${needed(settings, 'password')}`;
    return { authorization: `Basic ${tools.base64(pair)}` };
  },
  verify(message, _proof, { settings, tools }) {
    const username = settingOf(settings, 'hostedUsername');
    const password = settingOf(settings, 'hostedPassword');
    if (username === null || password === null) return 'no hosted user is configured';
    const expected = `basic ${tools.base64(`${username}:${password}`)}`;
    // The scheme's name has no case, the rest has.
    const shown = headerOf(message, 'authorization').replace(/^basic /i, 'basic ');
    return tools.same(shown, expected) ? null : 'wrong user or password';
  },
};
