/** Sign-in scheme `apiKey`: one secret in one header, both ways. */
import type { SignIn } from '../contract.ts';
import { headerOf, needed, settingOf } from './read.ts';

const DEFAULT_HEADER = 'x-api-key';

/** Settings: `apiKey`, `apiKeyHeader` (default `x-api-key`); for what the agency calls at our side `hostedApiKey`. */
export const apiKey: SignIn = {
  sign(_message, { settings }) {
    return { [settingOf(settings, 'apiKeyHeader') ?? DEFAULT_HEADER]: needed(settings, 'apiKey') };
  },
  verify(message, _proof, { settings, tools }) {
    const expected = settingOf(settings, 'hostedApiKey');
    if (expected === null) return 'no hosted API key is configured';
    const name = (settingOf(settings, 'apiKeyHeader') ?? DEFAULT_HEADER).toLowerCase();
    return tools.same(headerOf(message, name), expected) ? null : 'wrong API key';
  },
};
