/** Checks what leads to other services: sub-applications that are offered, fit and end, and corrections that can be asked for. */
import { BUS } from '../domain/bus-agency.ts';
import type { RouteStep } from '../domain/catalogue.ts';
import { checkInput } from './check-reads.ts';
import { suggest } from './finding.ts';
import { wordsIn } from './literals.ts';
import { SERVICE_CODE } from './outputs.ts';
import type { Spot, World } from './world.ts';

const CHILD = `${BUS}.child`;
/** An application, its child and that one's child, as `flow/children` has it. */
const MOST_DEEP = 3;

/** One step that opens another service. */
interface Opening {
  from: string;
  to: string;
  spot: Spot;
}

export function checkChildren(world: World): void {
  const openings: Opening[] = [];
  for (const { name: from, file } of world.all('route')) {
    for (const [step, plan] of Object.entries(world.catalogue.routes.get(from)!.steps)) {
      const { correctedBy } = plan;
      if (correctedBy !== undefined)
        isOffered(world, correctedBy, { file, path: ['steps', step, 'correctedBy'] }, 'correction');
      if (plan.call !== CHILD) continue;
      const spot: Spot = { file, path: ['steps', step, 'with', 'service'] };
      const codes = wordsIn(plan.with['service'], SERVICE_CODE);
      for (const to of codes) if (isOffered(world, to, spot)) openings.push({ from, to, spot });
      if (codes.length === 1) checkFormData(world, codes[0]!, plan, { file, path: ['steps', step, 'with'] });
    }
  }
  checkDepth(world, openings);
}

function isOffered(world: World, code: string, spot: Spot, as: 'child' | 'correction' = 'child'): boolean {
  const { services } = world.catalogue;
  const service = services.get(code);
  if (!service) {
    if (!world.broken.has('service'))
      world.report(spot, 'unknown_service', `No service ${code}`, suggest(code, services.keys()));
    return false;
  }
  if (service.status !== 'draft' && service.status !== 'retired') return true;
  const message = `${code} is ${service.status}: no application for it is taken`;
  world.report(spot, `${as}_not_offered`, message, 'Publish it, or open another');
  return false;
}

/** The form that is handed over, against that of the service. */
function checkFormData(world: World, code: string, { with: fields }: RouteStep, { file, path }: Spot): void {
  const form = world.catalogue.services.get(code)?.form;
  const { formData } = fields;
  if (!form || typeof formData !== 'object' || formData === null || Array.isArray(formData)) return;
  checkInput(world, formData, form, form, { file, path: [...path, 'formData'] });
}

/** Of a loop's openings the first is reported, so that one loop is one finding; of a chain the one that is too deep. */
function checkDepth(world: World, openings: Opening[]): void {
  const seen = new Set<string>();
  for (const { from, to, spot } of openings) {
    const loop = pathTo(from, to, openings);
    if (!loop || seen.has(from)) continue;
    for (const code of [from, ...loop]) seen.add(code);
    const message = `Applications would open each other without end: ${[from, ...loop].join(' → ')}`;
    world.report(spot, 'child_cycle', message, 'Take one of these steps out');
  }
  if (seen.size > 0) return;
  for (const { from, to, spot } of openings) {
    if (depthOf(from, openings) < MOST_DEEP) continue;
    const message = `${to} would be opened ${MOST_DEEP + 1} deep; ${MOST_DEEP} is the most`;
    world.report(spot, 'child_depth', message, 'Do its steps here, or open it from further up');
  }
}

/** The codes from one to another, if one leads to the other. */
function pathTo(goal: string, from: string, openings: Opening[], seen = new Set<string>()): string[] | null {
  if (from === goal) return [from];
  if (seen.has(from)) return null;
  seen.add(from);
  for (const next of openings.filter((one) => one.from === from)) {
    const path = pathTo(goal, next.to, openings, seen);
    if (path) return [from, ...path];
  }
  return null;
}

/** How many applications deep one of a service may be: itself, and those above it. There is no loop. */
function depthOf(code: string, openings: Opening[]): number {
  const above = openings.filter(({ to }) => to === code).map(({ from }) => depthOf(from, openings));
  return 1 + Math.max(0, ...above);
}
