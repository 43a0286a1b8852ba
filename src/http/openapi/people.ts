/** What people say, as the description of the API has it: routes, bodies and answers. */
import { MESSAGE } from '../body-schemas-people.ts';
import { list, object, ref, text, time, whole } from './answers.ts';

const ACT = [400, 409, 413, 415, 422];
const APPLICATION = '/v1/applications/{id}';

export const SAYING = [
  {
    ...{
      method: 'post' as const,
      path: `${APPLICATION}/messages`,
      summary: 'Say something about an application',
    },
    ...{ parameters: ['Idempotency-Key'], body: 'MessageRequest', answers: { 201: 'Said' }, refusals: ACT },
  },
];

export const HEARING = [
  {
    ...{
      method: 'get' as const,
      path: `${APPLICATION}/messages`,
      summary: 'Its thread: what was said and told',
    },
    answers: { 200: 'Thread' },
  },
];

export const peopleBodies = { MessageRequest: MESSAGE.schema };

const said = { at: time, from: text, channel: text };

export const peopleAnswers = {
  Said: object({ n: whole, ...said }),
  Spoken: object({ n: whole, ...said, text }, 'What a person said.'),
  Told: object(
    { at: time, from: { type: 'string', const: 'bus' }, code: text, id: text, en: text },
    'What the citizen was told.',
  ),
  Thread: object({ messages: list({ anyOf: [ref('Spoken'), ref('Told')] }) }),
};
