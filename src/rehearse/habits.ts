/** What people do in a rehearsal when nobody has told them otherwise: the citizen pays his bills, officers approve. */
import type { Step } from '../domain/step.ts';
import type { Act } from './acts.ts';
import { exampleOf } from './example-value.ts';
import { type Seen } from './look.ts';
import { perform } from './perform.ts';
import type { Watcher } from './play.ts';
import type { Stage } from './stage.ts';

export interface Habits {
  /** So long after a bill was made it is paid, ms; null: never. */
  payMs: number | null;
  /** So long after a decision was asked for it is made, ms; null: never. */
  decideMs: number | null;
}

const MINUTE_MS = 60_000;
export const USUAL: Habits = { payMs: 10 * MINUTE_MS, decideMs: 60 * MINUTE_MS };

/** Told to each agency whose customers can pay by themselves. */
export async function pays({ players, clock }: Stage, payMs: number | null): Promise<void> {
  const detail = payMs === null ? { enabled: false } : { enabled: true, delayMs: payMs };
  for (const { simulator } of players.values()) {
    // Most agencies take no money and know no such act.
    await clock.during(simulator.act('autoPay', detail)).catch(() => undefined);
  }
}

/** Who decides by habit; not where the script says who does. */
export function decides(stage: Stage, after: number | null, scripted: Act[]): Watcher {
  const taken = new Set(scripted.flatMap((act) => (act.is === 'decide' ? [act.step] : [])));
  const dueAt = new Map<string, number>();
  const decided = new Set<string>();
  return {
    nextAt: () => (dueAt.size === 0 ? null : Math.min(...dueAt.values())),
    async look(seen) {
      if (after === null) return false;
      const open = waiting(seen).filter(({ path, name }) => !taken.has(path) && !decided.has(name));
      for (const name of dueAt.keys()) if (!open.some((one) => one.name === name)) dueAt.delete(name);
      for (const { path, name, step } of open) {
        if (!dueAt.has(name)) dueAt.set(name, stage.clock.now() + after);
        if (dueAt.get(name)! > stage.clock.now()) continue;
        dueAt.delete(name);
        decided.add(name);
        await decide(stage, seen, path, step);
        return true;
      }
      return false;
    },
  };
}

/** `name` tells one decision of a step from the next. */
function waiting(seen: Seen[]): { path: string; name: string; step: Step }[] {
  return seen.flatMap(({ prefix, steps }) =>
    steps
      .filter(({ state }) => state === 'waitingOfficer')
      .map((step) => {
        const path = prefix + step.name;
        return { path, step, name: `${path} ${step.round} ${step.secret.proposal ? 2 : 1}` };
      }),
  );
}

async function decide(stage: Stage, seen: Seen[], path: string, step: Step): Promise<void> {
  const own = seen.find(({ id }) => id === step.applicationId);
  const task = own?.route.steps[step.name]?.task;
  const output = exampleOf(task?.form) as { [key: string]: never };
  // Where two have to agree, the second is another.
  const by = step.secret.proposal ? 'second-officer' : 'officer';
  const refused = await perform(
    stage,
    { is: 'decide', step: path, by, decision: { as: 'approved', output } },
    seen,
  );
  if (refused !== null)
    stage.troubles.push({
      at: stage.clock.now(),
      event: 'decision.refused',
      fields: { step: path, refused },
    });
}
