/** Holds a step to what was agreed with its agency: nothing after its end, and no field but for a declared purpose. */
import { agreementEnd, agreementOf, fieldsFor, purposeOf, within } from '../domain/agreement.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { AGREEMENT_EXPIRED, type Step } from '../domain/step.ts';
import { agencyOf } from './agency-of.ts';
import type { Flow } from './flow.ts';
import type { Fact } from './settle.ts';
import type { View } from './view.ts';

/**
 * What becomes of a step to whose agency nothing may be sent any more; null while something may. What was sent before is
 * still asked about and undone: it was sent while it might be.
 */
export function barredFact(flow: Flow, step: Step): Fact | null {
  const agency = agencyOf(flow, step);
  const agreement = agreementOf(agency);
  if (!agreement || flow.clock.now() < agreementEnd(agreement, agency)) return null;
  const { applicationId, name, wake, fence } = step;
  flow.log.error('step.barred', { applicationId, step: name, agency: agency.id, agreement: agreement.ref });
  return {
    step: name,
    by: 'send',
    outcome: { is: 'unknown', code: AGREEMENT_EXPIRED },
    read: { wake, fence },
  };
}

/** The input without fields that no purpose of the step allows; a log line names them, never their values. */
export function agreed(flow: Flow, { plan }: Pick<View, 'plan'>, step: Step, input: JsonObject): JsonObject {
  const agreement = agreementOf(agencyOf(flow, step));
  if (!agreement) return input;
  const purpose = purposeOf(agreement, plan.byName.get(step.name)!.rules.purpose, plan.service.code);
  const { kept, withheld } = within(input, fieldsFor(agreement, purpose));
  if (withheld.length > 0) {
    const { applicationId, name, agency } = step;
    flow.log.warn('step.withheld', { applicationId, step: name, agency, purpose, fields: withheld });
  }
  return kept;
}
