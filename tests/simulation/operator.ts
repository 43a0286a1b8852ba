/** The people at the desk: they look into what waits for them and decide by what the agencies' books say. */
import { newRound, resolve, retry, setPaused, type Acted, type Actor } from '../../src/desk/act.ts';
import { AGENCIES } from './mall.ts';
import { REASON } from './platforms.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim.ts';

const OPERATOR: Actor = { by: 'operator', reason: REASON };

interface Waiting {
  app: string;
  name: string;
  agency: string;
  operation: string;
  key: string;
  attempts: number;
  state: string;
  code: string | null;
  kind: string | null;
}

const WAITING = `SELECT s.application_id AS app, s.name, s.agency, s.operation, s.key, s.attempts, s.state, s.code, i.kind
  FROM steps s LEFT JOIN items i ON i.application_id = s.application_id AND i.step = s.name AND i.closed_at IS NULL
  WHERE i.id IS NOT NULL OR (s.state = 'waitingApplicant')
  ORDER BY s.application_id, s.name`;

/** Acts now and then while faults last. */
export async function operate(sim: Sim): Promise<void> {
  const { time } = sim;
  while (!sim.calm) {
    await time.sleep(time.between(5_000, 60_000));
    const process = time.pick(sim.processes);
    const waiting = sim.spectator.all<Waiting>(WAITING);
    if (!process || sim.calm || waiting.length === 0) continue;
    await decide(sim, process, time.pick(waiting));
  }
}

async function decide(sim: Sim, process: Process, one: Waiting): Promise<void> {
  const { coverage } = sim;
  const { app, name, kind, state } = one;
  const does = (work: (desk: Process['desk']) => Promise<Acted>): Promise<boolean> =>
    process.call(work).then((acted) => acted?.is === 'answered' && acted.value.is === 'done');
  if (FOR_OTHERS.has(kind ?? '')) return;
  if (state === 'waitingApplicant' || kind === 'rejectedAfterPivot') {
    if (await does((desk) => newRound(desk, app, name, OPERATOR))) coverage.saw('round: begun anew');
  } else if (kind === 'outcomeUnknown') {
    const said = truth(sim, one);
    if (
      said &&
      (await does((desk) => resolve(desk, app, name, { ...said, attempt: one.attempts }, OPERATOR)))
    )
      coverage.saw('person: resolved what was unknown');
  } else if ((kind === 'conflict' || kind === 'refund' || kind === 'undoRefused') && isOver(one)) {
    await does((desk) => resolve(desk, app, name, { as: 'rejected', code: 'SETTLED' }, OPERATOR));
  } else if (await does((desk) => retry(desk, app, name, OPERATOR))) {
    coverage.saw('person: retried');
  } else if (await does((desk) => newRound(desk, app, name, OPERATOR))) {
    coverage.saw('round: begun anew');
  }
}

/** Officers' own, and what is only to be known. */
const FOR_OTHERS = new Set(['task', 'duplicate', 'overdue', 'deemedApproval']);

/** Nothing is said of a step that is not decided by settling a dispute about it. */
const isOver = ({ state }: Waiting): boolean => state !== 'parked' && state !== 'unknown';

/** What the agency's books say, once nothing is on its way any more. */
function truth(sim: Sim, { agency: id, key }: Waiting): Parameters<typeof resolve>[3] | null {
  const agency = sim.agencies.get(id);
  if (!agency) return null;
  if ((agency.onTheWay.get(key) ?? 0) > 0) return null;
  const entry = agency.books.get(key);
  if (entry) return entry.state === 'refused' ? null : { as: 'succeeded', output: { done: key } };
  return sim.time.odds(0.7) ? { as: 'notDone' } : { as: 'rejected', code: 'NOT_DONE' };
}

/** Holds an agency for a while. */
export async function pauseOne(sim: Sim): Promise<void> {
  const { time } = sim;
  const agency = time.pick(AGENCIES);
  if (!(await setOnce(sim, agency, true))) return;
  await time.sleep(time.between(30_000, 480_000));
  if (await setOnce(sim, agency, false)) sim.coverage.saw('lane: paused and resumed');
}

async function setOnce(sim: Sim, agency: string, paused: boolean): Promise<boolean> {
  const process = sim.time.pick(sim.processes);
  const acted = await process?.call((desk) => setPaused(desk, agency, paused, OPERATOR));
  return acted?.is === 'answered' && acted.value.is === 'done';
}

/** Lets every agency go on that is still held: a pause may have been asked of a process that slept, and come late. */
export async function resumeAll(sim: Sim): Promise<void> {
  for (const { id } of sim.spectator.all<{ id: string }>('SELECT id FROM lanes WHERE paused = 1'))
    await setOnce(sim, id, false);
}
