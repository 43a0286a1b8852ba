/** Sign-in scheme `bpjs`: BPJS Kesehatan's signed time, a key of each service, and PCare's user (TrustMark). */
import type { JsonObject } from '../../domain/outcome.ts';
import type { SignCall, SignedMessage, SignIn } from '../contract.ts';
import { needed, settingOf } from './read.ts';

const DEFAULT_PATHS: Record<string, string> = { antrean: '/antreanrs', pcare: '/pcare-rest' };
const DEFAULT_APP_CODE = '095';

/**
 * Settings: `consId`, `secretKey`, `userKey`; where one entry reaches several services, `antreanPath`, `antreanUserKey`,
 * `pcarePath`, `pcareUserKey` (their key is `userKey` unless named); for PCare `pcareUsername`, `pcarePassword`,
 * `pcareAppCode` (default 095). Neither method nor path nor body is signed: only the time.
 */
export const bpjs: SignIn = {
  sign(message, { settings, now, tools }: SignCall) {
    const consId = needed(settings, 'consId');
    // Whole seconds of the attempt's own instant: the reply is sealed with this very text.
    const timestamp = String(Math.floor(Date.parse(now) / 1000));
    const secretKey = needed(settings, 'secretKey');
    const service = serviceOf(message, settings);
    const headers: Record<string, string> = {
      'X-cons-id': consId,
      'X-timestamp': timestamp,
      'X-signature': tools.hmac('sha256', secretKey, `${consId}&${timestamp}`, 'base64'),
      user_key: settingOf(settings, `${service}UserKey`) ?? needed(settings, 'userKey'),
    };
    if (service !== 'pcare') return headers;
    const appCode = settingOf(settings, 'pcareAppCode') ?? DEFAULT_APP_CODE;
    const user = `${needed(settings, 'pcareUsername')}:${needed(settings, 'pcarePassword')}:${appCode}`;
    return { ...headers, 'X-authorization': `Basic ${tools.base64(user)}` };
  },
};

/** By the path; what is neither of the two is VClaim. */
function serviceOf({ path }: SignedMessage, settings: JsonObject): string {
  const named = Object.keys(DEFAULT_PATHS).find((name) =>
    path.includes(`${settingOf(settings, `${name}Path`) ?? DEFAULT_PATHS[name]!}/`),
  );
  return named ?? 'vclaim';
}
