/** Sign-in scheme `hmac`: an HMAC of `<timestamp>.<raw body>` and the timestamp beside it, both ways. */
import type { SignCall, SignedMessage, SignIn } from '../contract.ts';
import { headerOf, needed, settingOf } from './read.ts';

/** In seconds. */
const DEFAULT_SKEW = 300;
const DIGEST = 'sha256';

/**
 * Settings: `signingSecret`; for what the agency sends us `newsSecret`, `skewSeconds` (default 300). Of both ways:
 * `timestampHeader` (default x-timestamp, epoch seconds), `signatureHeader` (default x-signature), `signatureEncoding`
 * (hex, the default, or base64). HMAC-SHA256.
 */
export const hmac: SignIn = {
  sign(message, call) {
    const timestamp = String(Math.floor(Date.parse(call.now) / 1000));
    const { stamp, signature } = headersOf(call);
    const value = signed(message, call, needed(call.settings, 'signingSecret'), timestamp);
    return { [stamp]: timestamp, [signature]: value };
  },
  verify(message, _proof, call) {
    const secret = settingOf(call.settings, 'newsSecret');
    if (secret === null) return 'no secret for news is configured';
    const { stamp, signature } = headersOf(call);
    const timestamp = headerOf(message, stamp);
    if (!/^\d{10}$/.test(timestamp)) return `${stamp} is not epoch seconds`;
    const limit = Number(call.settings['skewSeconds'] ?? DEFAULT_SKEW);
    // Written so that a limit that is no number refuses too.
    if (!(Math.abs(Date.parse(call.now) / 1000 - Number(timestamp)) <= limit))
      return `${stamp} is too far from our time`;
    const shown = headerOf(message, signature);
    const expected = signed(message, call, secret, timestamp);
    // Hex has no case, base64 has.
    const given = encodingOf(call) === 'hex' ? shown.toLowerCase() : shown;
    return call.tools.same(given, expected) ? null : `${signature} does not match`;
  },
};

function headersOf({ settings }: SignCall): { stamp: string; signature: string } {
  const name = (setting: string, otherwise: string): string =>
    (settingOf(settings, setting) ?? otherwise).toLowerCase();
  return { stamp: name('timestampHeader', 'x-timestamp'), signature: name('signatureHeader', 'x-signature') };
}

function encodingOf({ settings }: SignCall): 'hex' | 'base64' {
  return settingOf(settings, 'signatureEncoding') === 'base64' ? 'base64' : 'hex';
}

function signed({ body }: SignedMessage, call: SignCall, secret: string, timestamp: string): string {
  return call.tools.hmac(DIGEST, secret, call.tools.bytes(`${timestamp}.`, body), encodingOf(call));
}
