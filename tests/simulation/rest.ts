/** When a world is at rest: what is still due waits for a person in the end, by way of an earlier application or a child. */
import type { Sim } from './sim.ts';

interface OpenStep {
  app: string;
  name: string;
  operation: string;
  agency: string;
  state: string;
  due: number | null;
  timeout: number | null;
  leased: 0 | 1;
  turn: string | null;
}

const OPEN = `SELECT application_id AS app, name, operation, agency, state, due_at AS due, timeout_at AS timeout,
  lease_until IS NOT NULL AS leased, turn FROM steps
  WHERE state NOT IN ('succeeded', 'rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed')`;
const CHILDREN = `SELECT id, parent FROM applications WHERE parent IS NOT NULL AND ended_at IS NULL`;
/** The law's clocks of what is open, that are to be looked at soon. */
const CLOCKS = 'SELECT id FROM applications WHERE clock_at < ?';
const SOON_MS = 2 * 86_400_000;

/** A person is needed: an operator, or the applicant who is to mend something. */
const forPerson = ({ state, timeout }: OpenStep): boolean =>
  state === 'parked' || (state === 'waitingApplicant' && timeout === null);

const HOLDS = new Set(['pending', 'ready', 'unknown', 'parked', 'compensating']);

/** Earlier applications of the same applicant that keep a step waiting. */
function before(step: OpenStep, steps: OpenStep[]): string[] {
  if (step.state !== 'ready' || step.leased || step.turn === null) return [];
  const { agency, turn, app } = step;
  return steps
    .filter((one) => one.turn === turn && one.agency === agency && one.app < app && HOLDS.has(one.state))
    .map((one) => one.app);
}

/** Open applications that wait for a person, or for one that does; and what is due of the others. */
export function explained(sim: Sim): { apps: Set<string>; due: OpenStep[]; open: Set<string> } {
  const steps = sim.spectator.all<OpenStep>(OPEN);
  const children = sim.spectator.all<{ id: string; parent: string }>(CHILDREN);
  const waitsFor = (step: OpenStep): string[] => {
    const isChild = step.agency === 'bus' && step.operation === 'child' && step.state !== 'pending';
    const own = isChild ? children.filter(({ parent }) => parent === step.app).map(({ id }) => id) : [];
    return [...own, ...before(step, steps)];
  };
  const apps = new Set(steps.filter(forPerson).map(({ app }) => app));
  for (let grew = true; grew;) {
    grew = false;
    for (const step of steps) {
      if (apps.has(step.app) || !waitsFor(step).some((app) => apps.has(app))) continue;
      apps.add(step.app);
      grew = true;
    }
  }
  const due = steps.filter((step) => step.due !== null && !waitsFor(step).some((app) => apps.has(app)));
  return { apps, due, open: new Set(steps.map(({ app }) => app)) };
}

export function isAtRest(sim: Sim): boolean {
  return !sim.spectator.one(CLOCKS, sim.time.now() + SOON_MS) && explained(sim).due.length === 0;
}

export function unexplained(sim: Sim): string[] {
  const clocks = sim.spectator
    .all<{ id: string }>(CLOCKS, sim.time.now() + SOON_MS)
    .map(({ id }) => `${id} clock`);
  return [...explained(sim).due.map(({ app, name, state }) => `${app}.${name} ${state}`), ...clocks];
}
