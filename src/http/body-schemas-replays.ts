/** What callers may send to replay steps: which to look at, and which of those to run again. */
import { REPLAY_STATES } from '../desk/replay-plan.ts';
import { body, object, reason, type Act } from './body-schemas.ts';

/** One application, or all that a filter finds. */
export type PlanReplay = { application?: string } & Record<string, string | undefined>;
const time = { type: 'string', format: 'date-time', maxLength: 35 };
const stepName = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]{0,63}$' };
export const PLAN_REPLAY = body('replay', {
  ...object([], {
    application: {
      description: 'By id or number; without it, by filter.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    service: { type: 'string', minLength: 1, maxLength: 64 },
    since: { description: 'Accepted then or later.', ...time },
    until: { description: 'Accepted before.', ...time },
    state: {
      description: '`failed` (the default): something of it waits for a person.',
      ...{ type: 'string', enum: REPLAY_STATES },
    },
    agency: { description: 'Only steps of this agency.', type: 'string', minLength: 1, maxLength: 64 },
    from: {
      description: 'This step and all that come after it, those that only look included.',
      ...stepName,
    },
  }),
  minProperties: 1,
});

export interface Replay extends Act {
  applications: { applicationId: string; steps: { step: string; round: number }[] }[];
}
export const REPLAY = body(
  'replay',
  object(['applications', 'reason'], {
    applications: {
      description: 'As a plan showed them: a step of another round by now is refused.',
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: object(['applicationId', 'steps'], {
        applicationId: { type: 'string', format: 'uuid', maxLength: 36 },
        steps: {
          type: 'array',
          minItems: 1,
          maxItems: 50,
          items: object(['step', 'round'], { step: stepName, round: { type: 'integer', minimum: 1 } }),
        },
      }),
    },
    reason,
  }),
);
