/** The kit's sign-in schemes by name, and the one that an adapter uses. */
import type { Adapter, SignIn } from '../contract.ts';
import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { bpjs } from './bpjs.ts';
import { hmac } from './hmac.ts';
import { none } from './none.ts';
import { oauth2 } from './oauth2.ts';
import { snapBi } from './snap-bi.ts';

export const signIns: Record<string, SignIn> = { none, basic, apiKey, bearer, bpjs, hmac, oauth2, snapBi };

/** The adapter's own sign-in, or the kit's that it names. Throws an Error for a name that the kit does not know. */
export function signInOf(adapter: Adapter): SignIn {
  if (!('scheme' in adapter.signIn)) return adapter.signIn;
  const { scheme } = adapter.signIn;
  const known = Object.hasOwn(signIns, scheme) ? signIns[scheme] : undefined;
  if (known) return known;
  const names = Object.keys(signIns).join(', ');
  throw new Error(
    `Adapter "${adapter.name}" names the unknown sign-in scheme "${scheme}"; the kit has ${names}`,
  );
}
