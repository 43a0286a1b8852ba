/** Adapters that let secrets or personal data out. */
import type { Call, JsonObject, Outcome, WireRequest } from '../../../src/adapter-kit/contract.ts';
import { amended, withOperation, withReply, withRequest, type Bad } from '../spoil.ts';

const secretOf = ({ settings }: Call): string => settings['clientSecret'] as string;

const sending = (code: string, more: (input: JsonObject, call: Call) => Partial<WireRequest>): Bad => ({
  ...{ part: 'privacy', code, where: 'registerPermit ' },
  of: (sound) => amended(sound, more),
});

const ending = (code: string, outcome: (call: Call, input: JsonObject) => Outcome): Bad => ({
  ...{ part: 'privacy', code, where: 'registerPermit send' },
  of: (sound) => withReply(sound, 'send', () => (_wire, input, call) => outcome(call, input)),
});

export const privacy: Record<string, Bad> = {
  'shows its secret in the address': sending('secret_in_url', (_, call) => ({
    query: { key: secretOf(call) },
  })),
  'shows its secret in a path, coded': sending('secret_in_url', (_, call) => ({
    path: `/permits/${call.tools.base64(secretOf(call))}`,
  })),
  'names its secret as a reference': ending('secret_in_outcome', (call) => ({
    is: 'pending',
    reference: secretOf(call),
  })),
  'tells its secret in a text': ending('secret_in_outcome', (call) => ({
    is: 'refused',
    code: 'NO',
    text: `refused for ${secretOf(call)}`,
  })),
  'names a person in a code': ending('personal_in_code', (_, { nik }) => ({
    is: 'refused',
    code: `NIK_${String(nik)}`,
  })),
  'puts a NIK into the address': {
    ...sending('personal_in_url', ({ nik }) => ({ path: `/permits/of/${String(nik)}` })),
    where: 'registerPermit /nik',
  },
  'asks by name in the address': {
    ...sending('personal_in_url', ({ fullName }) => ({ query: { name: String(fullName) } })),
    where: 'registerPermit /fullName',
  },
  'declares an address that it does not use': {
    ...{ part: 'privacy', code: 'in_url_not_true', where: 'registerPermit /nik' },
    of: (sound) =>
      withOperation(sound, 'registerPermit', () => ({ inUrl: { '/nik': 'The office wants it there' } })),
  },
  'throws what it was given': {
    ...{ part: 'privacy', code: 'value_in_error', where: 'registerPermit send' },
    of: (sound) =>
      withReply(sound, 'send', (reply) => (wire, input, call) => {
        if (Array.isArray(wire.body)) throw new Error(`Nothing is known of ${String(input['nik'])}`);
        return reply(wire, input, call);
      }),
  },
  'throws its secret': {
    ...{ part: 'privacy', code: 'value_in_error', where: 'registerPermit send' },
    of: (sound) =>
      withRequest(sound, (request) => (input, call) => {
        if (call.key === '') throw new Error(`No key, with ${secretOf(call)}`);
        return request(input, call);
      }),
  },
  'wraps its secret so that no mask knows it': sending('secret_in_excerpt', (_, call) => ({
    body: { json: { pass: call.tools.base64(`mpp:${secretOf(call)}`) } },
  })),
  'lengthens a NIK so that no mask knows it': sending('personal_in_excerpt', ({ nik }) => ({
    body: { json: { holder: `7${String(nik)}` } },
  })),
};
