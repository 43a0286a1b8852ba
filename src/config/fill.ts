/** Turns validated YAML into the catalogue's entries, with every default in its place. */
import type {
  Agency,
  AgencyLimits,
  Calendar,
  Gateway,
  Platform,
  RetryPolicy,
  Route,
  RouteStep,
  Service,
  Site,
} from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';

export const DEFAULT_LIMITS: AgencyLimits = {
  concurrency: 8,
  perSecond: 50,
  timeout: '20s',
  maxReplyBytes: 12_582_912,
  circuitFailures: 5,
  circuitSleep: '10s',
  circuitCap: '10m',
};

export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, base: '1s', cap: '15m', inquiries: 12 };

/** Every function here takes a value that its schema in `schemas/` has already held. */
export function fillAgency(id: string, entry: JsonObject): Agency {
  const { limits, retry, documentHosts, gateway, vpn: _, ...rest } = entry;
  return {
    ...(rest as unknown as Agency),
    id,
    ...(gateway !== undefined && { gateway: fillGateway(gateway as unknown as Gateway) }),
    limits: { ...DEFAULT_LIMITS, ...(limits as Partial<AgencyLimits> | undefined) },
    retry: { ...DEFAULT_RETRY, ...(retry as Partial<RetryPolicy> | undefined) },
    documentHosts: (documentHosts as string[] | undefined) ?? [],
  };
}

function fillGateway(gateway: Gateway): Gateway {
  return { ...gateway, header: (gateway.header ?? 'apikey').toLowerCase() };
}

export function fillPlatform(id: string, entry: JsonObject): Platform {
  const { quota, ...platform } = entry as unknown as Platform;
  // A full second's worth twice over: counters send in bursts when their line comes back.
  const filled = quota && {
    perSecond: quota.perSecond,
    burst: quota.burst ?? Math.max(1, 2 * quota.perSecond),
  };
  return { ...platform, id, sandbox: platform.sandbox ?? false, ...(filled && { quota: filled }) };
}

export function fillSite(code: string, entry: JsonObject): Site {
  return { ...(entry as unknown as Site), code };
}

export function fillCalendar(entry: JsonObject): Calendar {
  const calendar = entry as unknown as Calendar;
  const holidays = Object.keys(entry['holidays'] as JsonObject);
  return { ...calendar, weekend: calendar.weekend ?? [6, 7], holidays };
}

export function fillService(entry: JsonObject): Service {
  const service = entry as unknown as Service;
  const requirements = (service.requirements ?? []).map((one) => ({
    ...one,
    mandatory: one.mandatory ?? true,
  }));
  return { ...service, requirements, fees: service.fees ?? [], duplicates: service.duplicates ?? 'allow' };
}

export function fillRoute(entry: JsonObject): Route {
  const route = entry as unknown as Route;
  const steps = Object.entries(route.steps).map(([name, step]) => [name, fillStep(step)] as const);
  return {
    ...route,
    ...(route.deadline && {
      deadline: {
        ...route.deadline,
        onBreach: route.deadline.onBreach ?? 'escalate',
        pauses: route.deadline.pauses ?? ['applicant', 'payment', 'appointment'],
      },
    }),
    steps: Object.fromEntries(steps),
    result: route.result ?? {},
  };
}

function fillStep(step: RouteStep): RouteStep {
  const after = [(step.after as string | string[] | undefined) ?? []].flat();
  const { task, again } = step;
  return {
    ...step,
    after,
    need: step.need ?? 'mandatory',
    pivot: step.pivot ?? false,
    ...(task && {
      task: { ...task, fourEyes: task.fourEyes ?? false, form: task.form ?? { type: 'object' } },
    }),
    ...(again && { again: { ...again, steps: again.steps ?? [], most: again.most ?? 3 } }),
  };
}
