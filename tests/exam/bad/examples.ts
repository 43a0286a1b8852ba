/** Adapters whose examples do not hold, or do not show everything. */
import { withAdapter, withExamples, withReply, withRequest, type Bad } from '../spoil.ts';

const TAKEN = 'examples/registerPermit-taken.json';

export const examples: Record<string, Bad> = {
  'makes another request than it shows': {
    ...{ part: 'examples', code: 'request_differs', where: 'examples/registerPermit-' },
    of: (sound) => withRequest(sound, () => () => ({ method: 'POST', path: '/permit' })),
  },
  'reads a reply otherwise than it shows': {
    ...{ part: 'examples', code: 'outcome_differs', where: TAKEN },
    of: (sound) =>
      withReply(sound, 'send', () => () => ({ is: 'pending', reference: 'P-2', awaits: 'agency' })),
  },
  'gives a member that is undefined': {
    ...{ part: 'examples', code: 'outcome_differs', where: TAKEN },
    of: (sound) =>
      withReply(
        sound,
        'send',
        (reply) =>
          async (...args) =>
            ({ ...(await reply(...args)), until: undefined }) as never,
      ),
  },
  'shows an input that its schema refuses': {
    ...{ part: 'examples', code: 'example_misfit', where: `${TAKEN} /input` },
    of: (sound) => withExamples(sound, (one) => ({ ...one, input: { ...one.input, nik: '99' } })),
  },
  'does not say what an example shows': {
    ...{ part: 'examples', code: 'example_untitled', where: TAKEN },
    of: (sound) => withExamples(sound, (one, file) => (file === TAKEN ? { ...one, title: ' ' } : one)),
  },
  'shows an operation that it has not': {
    ...{ part: 'examples', code: 'example_of_nothing', where: TAKEN },
    of: (sound) =>
      withExamples(sound, (one, file) => (file === TAKEN ? { ...one, operation: 'registerPermits' } : one)),
  },
  'never shows its inquiry': {
    ...{ part: 'examples', code: 'exchange_never_shown', where: 'registerPermit inquiry' },
    of: (sound) => withExamples(sound, (one) => (one.exchange === 'inquiry' ? null : one)),
  },
  'ends in a code that it does not list': {
    ...{ part: 'examples', code: 'code_unlisted', where: 'refused NIK_NOT_FOUND' },
    of: (sound) =>
      withAdapter(sound, { errors: sound.adapter.errors!.filter(({ code }) => code !== 'NIK_NOT_FOUND') }),
  },
  'lists a code that it never shows': {
    ...{ part: 'examples', code: 'error_never_shown', where: 'refused NIK_NOT_FOUND' },
    of: (sound) => withExamples(sound, (one) => (one.outcome.is === 'refused' ? null : one)),
  },
  throws: {
    ...{ part: 'examples', code: 'conversion_throws', where: TAKEN },
    of: (sound) =>
      withReply(sound, 'send', () => () => {
        throw new Error('not written yet');
      }),
  },
  'gives an outcome that is none': {
    ...{ part: 'examples', code: 'outcome_malformed', where: TAKEN },
    of: (sound) => withReply(sound, 'send', () => () => ({ is: 'refused', code: 'NIK tidak dikenal' })),
  },
  'never comes to an end': {
    ...{ part: 'examples', code: 'never_ends', where: TAKEN },
    of: (sound) =>
      withReply(sound, 'send', (reply) => (wire, input, call) => {
        for (let n = 0; wire.status === 201; n += 1) wire.bytes = n;
        return reply(wire, input, call);
      }),
  },
};
