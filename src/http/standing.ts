/** An application as the messages about it see it: its public facts, and the numbers that no message may hold. */
import type { Standing } from '../console/status.ts';
import { BUS_AGENCY } from '../domain/bus-agency.ts';
import type { JsonValue, LocalizedText } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import type { Desk } from '../desk/look.ts';
import type { View } from '../flow/view.ts';

const NATIONAL_ZONE = 'Asia/Jakarta';

export function agencyTitle({ agency }: Pick<Step, 'agency'>, desk: Desk): LocalizedText {
  const found = [...desk.catalogue().agencies, BUS_AGENCY].find(({ id }) => id === agency);
  return found?.title ?? { id: agency, en: agency };
}

export function standingOf({ application, body, plan, steps }: View, desk: Desk): Standing {
  const site = desk.catalogue().sites.find(({ code }) => code === application.site);
  const personal = new Set<string>();
  for (const part of ['applicant', 'representative', 'subjects']) collect(body[part], personal);
  return {
    application,
    steps: [...steps.values()],
    service: plan.service,
    zone: site?.zone ?? NATIONAL_ZONE,
    agencyTitle: (step) => agencyTitle(step, desk),
    personal,
  };
}

/** Shorter ones stand in any code. */
const SHORTEST_NUMBER = 8;

/** Every number of a person, as it is written and by its digits alone. */
function collect(value: JsonValue | undefined, into: Set<string>): void {
  if (typeof value === 'string') {
    const digits = value.replaceAll(/\D/g, '');
    if (digits.length >= SHORTEST_NUMBER && digits.length >= value.length - 2) into.add(digits);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, into);
  }
}
