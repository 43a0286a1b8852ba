/** Steps, plans and drafts of invented applications for the tests of the rules. */
import { newDraft, type Application, type Draft } from '../../src/domain/application.ts';
import type { Route, RouteStep, Service } from '../../src/domain/catalogue.ts';
import { compilePlan, type Plan } from '../../src/domain/plan.ts';
import type { Step, StepState } from '../../src/domain/step.ts';

export const NOW = Date.parse('2026-01-15T02:30:05Z');

export function aStep(name: string, position: number, fields: Partial<Step> = {}): Step {
  return {
    ...{
      applicationId: 'app-1',
      name,
      platform: 'mall',
      service: 'TEST.ONE',
      turn: null,
      priority: 3,
      position,
      agency: 'registry',
      operation: 'check',
      adapter: 'testing@1',
    },
    ...{
      state: 'pending',
      since: NOW - 1000,
      code: null,
      round: 1,
      attempts: 0,
      spent: 0,
      inquiries: 0,
      wake: 1,
    },
    ...{
      dueAt: null,
      fence: 0,
      leaseUntil: null,
      leaseKind: null,
      key: '0',
      sentAt: null,
      timeoutAt: null,
      secret: {},
    },
    ...fields,
  };
}

export type Steps = Record<string, Partial<RouteStep>>;

export function planOf(steps: Steps): Plan {
  const all = Object.entries(steps).map(([name, step]) => {
    const whole: RouteStep = {
      call: 'registry.check',
      after: [],
      need: 'mandatory',
      pivot: false,
      with: {},
      ...step,
    };
    return [name, whole] as const;
  });
  const route: Route = { service: 'TEST.ONE', version: '1.0.0', steps: Object.fromEntries(all), result: {} };
  return compilePlan('digest', { code: 'TEST.ONE' } as Service, route);
}

/** A draft in which each step of a plan is in a given state; a sent one has an attempt behind it. */
export function draftOf(
  plan: Plan,
  states: Record<string, StepState | Partial<Step>>,
  application: Partial<Application> = {},
): Draft {
  const steps = plan.steps.map(({ name, position }) => {
    const given = states[name] ?? 'pending';
    const fields = typeof given === 'string' ? { state: given } : given;
    const sent = !['pending', 'ready', 'skipped', 'cancelled'].includes(fields.state ?? 'pending');
    return aStep(name, position, { attempts: sent ? 1 : 0, ...fields });
  });
  const whole = {
    id: 'app-1',
    state: 'accepted',
    ending: null,
    version: 1,
    head: 'x',
    endedAt: null,
    ...application,
  };
  return newDraft(whole as Application, steps, NOW);
}

export const statesOf = (draft: Draft): Record<string, StepState> =>
  Object.fromEntries([...draft.steps.values()].map(({ name, state }) => [name, state]));

export const eventsOf = (draft: Draft): string[] =>
  draft.events.map(({ type }) => type.replace(/^go\.mpp\.|\.v1$/g, ''));
