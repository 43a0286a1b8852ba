/** Adapters that an agency's messages bring down, or that answer too much. */
import type { HostedMessage, HostedRequest } from '../../../src/adapter-kit/contract.ts';
import { withNews, type Bad } from '../spoil.ts';

const reading = (code: string, read: (request: HostedRequest) => unknown): Bad => ({
  ...{ part: 'hosted', code, where: 'hosted news' },
  of: (sound) => {
    const own = sound.adapter.hosted!['news']!.read;
    return withNews(sound, {
      read: (request, call) => (read(request) ?? own(request, call)) as HostedMessage,
    });
  },
});

const record = ({ body }: HostedRequest): Record<string, unknown> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};

export const hosted: Record<string, Bad> = {
  'says back what it was sent': reading('value_in_reason', (request) => {
    const { state } = record(request);
    if (typeof state === 'string' && state !== 'TAKEN' && state !== 'ISSUED')
      throw new Error(`unknown state ${state}`);
  }),
  'breaks on what is no object': reading(
    'read_breaks',
    ({ body }) => void (body as { state: string }).state.length,
  ),
  'throws a text': reading('throws_no_error', (request) => {
    // oxlint-disable-next-line typescript/only-throw-error -- the very fault
    if (record(request)['state'] === undefined) throw 'state is missing';
  }),
  'gives a reason without end': reading('reason_too_long', (request) => {
    if (record(request)['state'] === undefined) throw new Error('state is missing. '.repeat(40));
  }),
  'takes a message without an id': reading('message_malformed', (request) =>
    record(request)['eventId'] === undefined ? { id: '' } : undefined,
  ),
  'refuses what its own stand-in sends': reading('genuine_refused', () => {
    throw new Error('not today');
  }),
  'never comes to an end over a long text': reading(
    'never_ends',
    (request) =>
      void /^(?:E+)+$/.exec(`${'E'.repeat(String(record(request)['eventId']).length > 1000 ? 60 : 1)}!`),
  ),
  'has no answer for a repeat': {
    ...{ part: 'hosted', code: 'answer_throws', where: 'hosted news conflict' },
    of: (sound) => {
      const own = sound.adapter.hosted!['news']!.answer;
      return withNews(sound, {
        answer(hostedCase, call) {
          if (hostedCase.is === 'conflict') throw new Error('not written yet');
          return own(hostedCase, call);
        },
      });
    },
  },
  'answers without a status': {
    ...{ part: 'hosted', code: 'answer_malformed', where: 'hosted news badForm' },
    of: (sound) => withNews(sound, { answer: () => ({ body: {} }) as never }),
  },
  'answers with its secret': {
    ...{ part: 'hosted', code: 'secret_in_answer', where: 'hosted news badSignature' },
    of: (sound) =>
      withNews(sound, {
        answer: (_, { settings }) => ({ status: 401, body: { wanted: settings['clientSecret']! } }),
      }),
  },
};
