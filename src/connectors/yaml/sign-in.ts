/** How a connector signs in: a scheme of the kit, some of its settings fixed, and another one for news if it says so. */
import type { Adapter, JsonObject, SignCall, SignIn } from '../../adapter-kit/contract.ts';
import { signIns } from '../../adapter-kit/sign-in/index.ts';
import type { SignInPlan } from './document.ts';

export function signInFrom({ scheme, hosted, ...fixed }: SignInPlan): Adapter['signIn'] {
  const isPlain = hosted === undefined && Object.keys(fixed).length === 0;
  return isPlain ? { scheme } : joined(signIns[scheme]!, signIns[hosted ?? scheme]!, fixed);
}

function joined({ open, sign }: SignIn, { verify }: SignIn, fixed: JsonObject): SignIn {
  const known = (call: SignCall): SignCall => ({ ...call, settings: { ...fixed, ...call.settings } });
  return {
    ...(open && {
      open: {
        request: (call) => open.request(known(call)),
        reply: (wire, call) => open.reply(wire, known(call)),
      },
    }),
    ...(sign && { sign: (message, call) => sign(message, known(call)) }),
    ...(verify && { verify: (message, proof, call) => verify(message, proof, known(call)) }),
  };
}

/** Settings that a scheme cannot do without, for our requests and for the agency's own. */
export const NEEDED: Record<string, { sign: string[]; verify: string[] }> = {
  none: { sign: [], verify: [] },
  basic: { sign: ['username', 'password'], verify: ['hostedUsername', 'hostedPassword'] },
  apiKey: { sign: ['apiKey'], verify: ['hostedApiKey'] },
  bearer: { sign: ['bearerToken'], verify: ['hostedToken'] },
  // The key of a service is userKey, antreanUserKey or pcareUserKey.
  bpjs: { sign: ['consId', 'secretKey'], verify: [] },
  hmac: { sign: ['signingSecret'], verify: ['newsSecret'] },
  oauth2: { sign: ['clientId', 'clientSecret'], verify: [] },
  snapBi: {
    sign: ['clientId', 'clientSecret', 'privateKey', 'partnerId', 'channelId'],
    verify: ['bankPublicKey'],
  },
};
