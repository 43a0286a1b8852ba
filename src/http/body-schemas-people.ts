/** What people may send: messages, complaints and their answers, filled-in surveys. */
import { CATEGORIES, IDENTITIES } from '../domain/complaint.ts';
import { ELEMENTS } from '../domain/survey.ts';
import { AUTHORS, WAYS } from '../domain/thread.ts';
import { body, object } from './body-schemas.ts';

const words = (description: string): object => ({
  description,
  type: 'string',
  minLength: 1,
  maxLength: 2000,
  pattern: String.raw`\S`,
});
const channel = { description: 'The way it came.', type: 'string', enum: WAYS };

export const MESSAGE = body(
  'message',
  object(['from', 'channel', 'text'], {
    from: { description: 'Who says it; `agency` needs the scope `operate`.', type: 'string', enum: AUTHORS },
    channel,
    text: words('Kept sealed under the application’s key, and erased with it.'),
  }),
);

const score = { type: 'integer', minimum: 1, maximum: 4 };
const elements = ELEMENTS.map(({ code }) => code);
export const SURVEY = body(
  'survey',
  object(['scores'], {
    scores: object(elements, Object.fromEntries(elements.map((code) => [code, score]))),
    comment: { ...words('Kept sealed and apart; without names, please.'), maxLength: 1000 },
  }),
);

export const COMPLAINT = body(
  'complaint',
  object(['category', 'text'], {
    category: { type: 'string', enum: CATEGORIES },
    tier: {
      description: '1 light, 2 normative (default), 3 under supervision.',
      type: 'integer',
      enum: [1, 2, 3],
    },
    identity: {
      description: 'Whether its author is named; default `named`.',
      type: 'string',
      enum: IDENTITIES,
    },
    text: words('What happened. Kept sealed, and erased with the application.'),
  }),
);
export const ANSWER = body(
  'answer',
  object(['text'], { text: words('What the citizen is answered. Kept sealed.') }),
);
export const FORWARD = body(
  'forwarding',
  object([], {
    text: words('As it is to be sent, without names and numbers of persons; default: the complaint.'),
  }),
);
