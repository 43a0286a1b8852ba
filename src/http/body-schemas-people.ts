/** What people may send: messages, complaints and their answers, filled-in surveys. */
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
