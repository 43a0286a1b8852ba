/** What `rehearse` was asked for, as a rehearsal: configuration, application, acts and faults. */
import { madeApplication } from '../../rehearse/application.ts';
import { openCandidate } from '../../rehearse/candidate.ts';
import type { Rehearsal } from '../../rehearse/rehearse.ts';
import type { ScriptItem } from '../../rehearse/script.ts';
import type { StageOptions } from '../../rehearse/stage.ts';
import { parseAct, parseFaults, WordsError } from '../../rehearse/words.ts';
import type { Catalogue, Service } from '../../domain/catalogue.ts';
import { suggest } from '../../config/finding.ts';
import { UsageError } from '../shell.ts';
import { findApplication, type Parts } from './parts.ts';

export interface Asked {
  application?: string;
  fail: string[];
  act: string[];
  for: number;
  idle: boolean;
  start?: number;
}

export interface PlannedRehearsal extends StageOptions, Rehearsal {
  service: Service;
  /** Where the application is from. */
  from: string;
}

export async function plannedRehearsal(
  parts: Parts,
  target: string,
  asked: Asked,
): Promise<PlannedRehearsal> {
  const script = scriptOf(asked);
  const { catalogue, service: code } = await openCandidate(parts.env.configDir, target, parts.adapters);
  if (code === null)
    throw new UsageError(`${target} holds no route: give a service's code or a route's file`);
  const service = serviceOf(catalogue, code);
  checkSteps(catalogue, code, script);
  const found = await findApplication(parts, code, asked.application);
  const { adapters, simulatorOf, turn } = parts;
  return {
    ...{ catalogue, adapters, simulatorOf, turn, service, script, forMs: asked.for },
    application: found?.application ?? madeApplication(catalogue, service),
    ...(found && { find: found.find }),
    from: found?.file ?? 'made up',
    ...(asked.start !== undefined && { start: asked.start }),
    ...(asked.idle && { habits: { payMs: null, decideMs: null } }),
  };
}

export function serviceOf({ services, routes }: Catalogue, code: string): Service {
  const service = services.get(code);
  if (!service) throw new UsageError(`No service ${code}. ${suggest(code, services.keys())}`);
  if (!routes.has(code)) throw new UsageError(`The service ${code} has no route (yet)`);
  return service;
}

function scriptOf({ fail, act }: Asked): ScriptItem[] {
  try {
    return [...fail.flatMap(parseFaults), ...act.map(parseAct)];
  } catch (error) {
    throw error instanceof WordsError ? new UsageError(error.message) : error;
  }
}

/** Steps of an application that a step opens are not known before. */
function checkSteps({ routes }: Catalogue, code: string, script: ScriptItem[]): void {
  const names = Object.keys(routes.get(code)!.steps);
  for (const { act } of script) {
    if (!('step' in act) || act.step.includes('/') || names.includes(act.step)) continue;
    throw new UsageError(`The route of ${code} has no step ${act.step}. ${suggest(act.step, names)}`);
  }
}
