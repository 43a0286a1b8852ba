/** Replays, in the API's description: what they take and what they answer. */
import { PLAN_REPLAY, REPLAY } from '../body-schemas-replays.ts';
import { list, object, one, orNull, ref, text, uuid, whole, type Schema } from './answers.ts';
import type { Row } from './table.ts';

const BODY = [400, 413, 415, 422];

export const REPLAYS: Row[] = [
  {
    ...{
      method: 'post',
      path: '/v1/replays/plan',
      summary: 'What a replay would do and send, masked; nothing is done',
    },
    ...{ body: 'PlanReplay', answers: { 200: 'ReplayPlan' }, refusals: [...BODY, 404, 409] },
  },
  {
    ...{ method: 'post', path: '/v1/replays', summary: 'Run steps of a plan again, in the order of arrival' },
    ...{ body: 'Replay', answers: { 202: 'Replayed' }, refusals: BODY },
  },
];

export const replayBodies = { PlanReplay: PLAN_REPLAY.schema, Replay: REPLAY.schema };

export const replayAnswers: Record<string, Schema> = {
  ReplayPlan: object({
    applications: list(object({ applicationId: uuid, number: text, steps: list(ref('PlannedStep')) })),
    more: { type: 'boolean', description: 'There are more than one answer holds.' },
  }),
  PlannedStep: object({
    ...{ step: text, agency: text, operation: text, state: text },
    round: { ...whole, description: 'The round that would be replayed.' },
    code: { ...orNull(text), description: 'Why it is left as it is; null when it would run.' },
    sends: {
      anyOf: [ref('Sends'), { type: 'null' }],
      description: 'Null while it waits for what runs before it.',
    },
  }),
  Sends: object(
    { input: text, 'method?': text, 'path?': text, 'body?': text },
    'Every value replaced by what it looks like.',
  ),
  Replayed: object({
    applications: list(
      object({
        applicationId: uuid,
        is: one('replayed', 'repeat', 'notFound', 'refused'),
        ...{ 'code?': text, 'step?': text },
      }),
    ),
  }),
};
