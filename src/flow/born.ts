/** What an application and its steps are born with: their clock, class, turn and first wakes. */
import type { Application } from '../domain/application.ts';
import type { Agency, Site } from '../domain/catalogue.ts';
import { startClock, type ServiceClock } from '../domain/deadline.ts';
import { newKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Plan, PlanStep } from '../domain/plan.ts';
import type { Step } from '../domain/step.ts';
import { countingOf } from './counting.ts';
import type { Flow } from './flow.ts';

export function clockFor(flow: Flow, plan: Plan, site: Site, now: number): ServiceClock | null {
  const counting = countingOf(flow.catalogue(), plan, site);
  return counting && startClock(now, counting);
}

/** Priority raises order and never skips checks. Offline batches never go ahead of a counter's application. */
export function priorityOf(body: JsonObject): number {
  const level = (body['priority'] as JsonObject | undefined)?.['level'];
  if (level === 'urgent') return 1;
  if (level === 'priority') return 2;
  return (body['capture'] as JsonObject | undefined)?.['offline'] === true ? 4 : 3;
}

/** The same on the whole bus: an applicant's turn does not depend on the platform that he comes by. */
export function turnOf(flow: Flow, { route }: Plan, body: JsonObject): string | null {
  const { nik } = (body['applicant'] ?? {}) as JsonObject;
  return route.order === 'applicant' && typeof nik === 'string' ? flow.vault.index('turn', nik) : null;
}

export function newStep(
  flow: Flow,
  { id, platform, service, priority, acceptedAt }: Application,
  turn: string | null,
  step: PlanStep,
  agency: Agency,
): Step {
  return {
    ...{ applicationId: id, name: step.name, platform, service, turn },
    ...{ priority, position: step.position, agency: agency.id },
    ...{ operation: step.operation, adapter: `${agency.adapter}@${agency.major}` },
    ...{ state: 'pending', since: acceptedAt, code: null, round: 1, attempts: 0, spent: 0, inquiries: 0 },
    ...{ wake: 0, dueAt: null, fence: 0, leaseUntil: null, leaseKind: null },
    ...{ key: newKey(flow.clock), sentAt: null, timeoutAt: null, secret: {} },
  };
}

/** A due time raises the wake: a step that starts at once has its first. */
export function firstOf(step: Step): Step {
  return { ...step, wake: step.dueAt === null ? 0 : 1 };
}
