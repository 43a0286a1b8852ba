/** The officers who decide what routes ask of a person: yes, no, back to the applicant; late, twice, and against each other. */
import { decideTask, type Decision } from '../../src/desk/decide.ts';
import { endEarly } from '../../src/desk/act.ts';
import { REASON } from './platforms.ts';
import { sentBack } from './agency.ts';
import type { Sim } from './sim.ts';

const PEOPLE = ['ani', 'budi', 'citra'] as const;

interface Wanted {
  app: string;
  name: string;
}

const WANTED = `SELECT application_id AS app, name FROM steps WHERE state = 'waitingOfficer'
  ORDER BY application_id, name`;
const OPEN_CHILD = 'SELECT id FROM applications WHERE parent IS NOT NULL AND ended_at IS NULL ORDER BY id';

export async function decideTasks(sim: Sim): Promise<void> {
  const { time, coverage, spectator } = sim;
  /** Tasks seen before: decided again though they may be over. */
  const seen: Wanted[] = [];
  while (!sim.calm || sim.diligent) {
    await time.sleep(sim.calm ? time.between(60_000, 900_000) : time.between(2_000, 20_000));
    if (!sim.calm && time.odds(0.06)) await cancelChild(sim);
    const wanted = spectator.all<Wanted>(WANTED);
    seen.push(...wanted.filter(() => time.odds(0.1)));
    const late = seen.length > 0 && time.odds(0.2);
    if (!late && wanted.length === 0) continue;
    const { app, name } = late ? time.pick(seen) : time.pick(wanted);
    const process = time.pick(sim.processes);
    const by = time.pick(PEOPLE);
    const decision = draw(sim);
    const decided = await process?.call((desk) =>
      decideTask(desk, app, name, decision, { by, reason: REASON }),
    );
    if (decided?.is !== 'answered') continue;
    const { value } = decided;
    if (value.is === 'proposed') coverage.saw('task: a second person has to agree');
    if (value.is === 'done') coverage.saw(sim.calm ? 'task: decided when all was calm' : 'task: decided');
    if (value.is === 'refused' && value.code === 'four_eyes') coverage.saw('task: the same person twice');
    if (value.is === 'refused' && value.code !== 'four_eyes') coverage.saw('task: decided too late');
  }
}

/** Few different ones, so that two people agree often enough. */
function draw(sim: Sim): Decision {
  const { time } = sim;
  const drawn = time.chance();
  if (drawn < 0.65) return { as: 'approved', output: { ok: true } };
  if (drawn < 0.75) return { as: 'rejected', code: 'NOT_ELIGIBLE' };
  if (drawn < 0.95) return { as: 'sendBack', corrections: sentBack(sim) };
  // Not what the form asks for.
  return { as: 'approved', output: { ok: 'yes' } };
}

/** An operator ends a sub-application by itself. */
async function cancelChild(sim: Sim): Promise<void> {
  const open = sim.spectator.all<{ id: string }>(OPEN_CHILD);
  if (open.length === 0) return;
  const { id } = sim.time.pick(open);
  const process = sim.time.pick(sim.processes);
  const acted = await process?.call((desk) =>
    endEarly(desk, id, 'cancelled', { by: 'operator', reason: REASON }),
  );
  if (acted?.is === 'answered' && acted.value.is === 'done') sim.coverage.saw('child: cancelled by itself');
}
