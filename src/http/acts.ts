/** People's acts over HTTP: who acts and why, and what came of it. */
import type { Context } from 'hono';
import type { Acted, Actor } from '../desk/act.ts';
import type { Corrector } from '../desk/corrector.ts';
import { checkedBody } from './body.ts';
import { ACT, type Act } from './body-schemas.ts';
import type { Env } from './edge.ts';
import { HttpProblem, notFound } from './problem.ts';

/** Who acts, by the key, and why, by the body. */
export async function actorOf(c: Context<Env>): Promise<Actor> {
  const { reason } = await checkedBody<Act>(c, ACT);
  return { by: c.get('caller').key.id, reason };
}

const WHY_NOT: Record<string, string> = {
  application_ended: 'The application has ended',
  already_ending: 'The application is being ended already',
  past_pivot: 'The step that cannot be undone has been sent',
  unknown_step: 'The application has no such step',
  outcome_unknown: 'It may have been done: resolve its outcome, it is not sent blindly again',
  not_retryable: 'The step is not waiting to be sent',
  new_round_needed: 'The applicant must mend something first: begin a new round',
  step_done: 'The step is done: what is to change about it is an application of its own',
  not_parked: 'The step does not wait for a person',
  attempted_since: 'Another attempt was begun since: look into that one first',
  in_flight: 'The step is with the agency now: wait for its answer',
  output_invalid: "The output does not fit the operation's schema",
};

/** An act that could not be done, as a problem. */
export function acted(result: Acted): void {
  if (result.is === 'notFound') throw notFound('application');
  if (result.is !== 'refused') return;
  const { code, instead } = result;
  const why = WHY_NOT[code] ?? 'This cannot be done now';
  if (instead) throw new HttpProblem(409, code, `${why}: ${insteadOf(instead)}`, { correctedBy: instead });
  throw new HttpProblem(409, code, code === 'past_pivot' ? `${why}: ${NO_SERVICE}` : why);
}

const NO_SERVICE = 'ask for a correction or an annulment instead';
const insteadOf = ({ service, title }: Corrector): string => `apply for ${service} (${title.en}) instead`;
