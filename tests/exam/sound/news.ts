/** What the office tells of its permits. */
import type { Hosted } from '../../../src/adapter-kit/contract.ts';
import { object, permitOf, text } from './operations.ts';

const STATUS: Record<string, number> = {
  found: 200,
  none: 202,
  conflict: 409,
  badSignature: 401,
  badForm: 400,
  busy: 503,
};

export const hosted: Record<string, Hosted> = {
  news: {
    tells: 'registerPermit',
    path: '/news',
    read({ body }) {
      const record = object(body);
      const [id, key] = [text(record['eventId']), text(record['requestId'])];
      const outcome = permitOf(record);
      if (id === '' || key === '') throw new Error('eventId or requestId is missing');
      if (!outcome) throw new Error('permitNo or state is missing');
      return { id, key, outcome };
    },
    answer(hostedCase) {
      const answer = { status: STATUS[hostedCase.is] ?? 404, body: { heard: hostedCase.is } };
      const outcome = hostedCase.is === 'found' ? hostedCase.message.outcome : undefined;
      return outcome ? { ...answer, apply: outcome } : answer;
    },
  },
};
