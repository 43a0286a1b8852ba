/** What must hold of the ledger, the agencies' books and the receivers when everything is at rest. */
import { FINAL, type ApplicationState } from '../../src/domain/application.ts';
import { BUS_AGENCY } from '../../src/domain/bus-agency.ts';
import { firstBreak, type ChainedEvent } from '../../src/domain/chain.ts';
import { simAdapter } from './adapter.ts';
import { agencyOf } from './mall.ts';
import { explained } from './rest.ts';
import { checkMended } from './mended-end.ts';
import { CANARIES } from './platforms.ts';
import type { Sim } from './sim.ts';
import { plain, stateSaid, stepEvents } from './transitions.ts';

interface ApplicationRow {
  id: string;
  platform: string;
  state: ApplicationState;
  version: number;
  head: string;
  parent: string | null;
}

interface StepRow {
  app: string;
  name: string;
  agency: string;
  operation: string;
  state: string;
  code: string | null;
  round: number;
  attempts: number;
  spent: number;
  key: string;
  timeout: number | null;
}

/** Holds for a row of `steps` that an earlier application of the same applicant keeps waiting. */
export const OUT_OF_TURN = `(steps.state = 'ready' AND steps.lease_until IS NULL AND EXISTS (
  SELECT 1 FROM steps e WHERE e.agency = steps.agency AND e.turn = steps.turn
    AND e.application_id < steps.application_id
    AND e.state IN ('pending', 'ready', 'unknown', 'parked', 'compensating')))`;

const APPLICATIONS = 'SELECT id, platform, state, version, head, parent FROM applications';
const STEPS = `SELECT application_id AS app, name, agency, operation, state, code, round, attempts, spent, key,
  timeout_at AS timeout FROM steps`;

/** A wait that is over ends its application: it goes when what is being undone, or a person looks at, is done. */
const LET_GO = `(a.ending IS NOT NULL AND s.state LIKE 'waiting%' AND EXISTS (
  SELECT 1 FROM steps o WHERE o.application_id = s.application_id AND o.name <> s.name
    AND (o.due_at IS NOT NULL OR o.state = 'parked')))`;

/** I15: whatever is open is due, leased, waiting or with a person; what has ended is not due. */
const ORPHANS = `SELECT s.application_id || '.' || s.name || ' ' || s.state AS what
  FROM steps s JOIN applications a ON a.id = s.application_id
  WHERE s.due_at IS NULL AND (
    s.state NOT IN ('pending', 'parked', 'waitingApplicant', 'succeeded', 'rejected', 'skipped', 'cancelled',
      'compensated', 'compensationFailed') AND NOT ${LET_GO}
    OR (s.state = 'parked' AND NOT EXISTS (
      SELECT 1 FROM items i WHERE i.application_id = s.application_id AND i.step = s.name AND i.closed_at IS NULL))
    OR (s.state = 'waitingApplicant' AND s.timeout_at IS NOT NULL))
  OR (s.due_at IS NOT NULL AND s.state IN ('pending', 'parked', 'succeeded', 'rejected', 'skipped', 'cancelled',
      'compensated', 'compensationFailed'))`;

export function checkOrphans(sim: Sim): void {
  for (const { what } of sim.spectator.all<{ what: string }>(ORPHANS))
    sim.break('I15', `${what}: nothing will move it, or too much`);
}

export async function checkEnd(sim: Sim): Promise<void> {
  const applications = sim.spectator.all<ApplicationRow>(APPLICATIONS);
  const steps = sim.spectator.all<StepRow>(STEPS);
  checkOrphans(sim);
  checkReceipts(sim, applications);
  checkStreams(sim, applications, steps);
  checkAttempts(sim, steps);
  checkBooks(sim, applications, steps);
  checkCallbacks(sim, applications);
  checkLog(sim);
  checkChildren(sim);
  checkSealed(sim);
  await checkMended(sim);
}

/** I1 to I4: what was answered 202 is there, once, and nothing else is. */
function checkReceipts(sim: Sim, applications: ApplicationRow[]): void {
  const stored = new Set(applications.map(({ id }) => id));
  const told = new Set([...sim.receipts.values()].map(({ id }) => id));
  const asked = new Set(
    sim.spectator
      .all<{ id: string; reference: string }>('SELECT application_id AS id, reference FROM client_references')
      .filter(({ reference }) => sim.submitted.has(reference))
      .map(({ id }) => id),
  );
  for (const [name, { id }] of sim.receipts)
    if (!stored.has(id)) sim.break('I1', `${name}: ${id} is not in the ledger`);
  if (told.size !== sim.receipts.size) sim.break('I3', 'two requests were answered with one application');
  for (const { id, parent } of applications)
    if (parent === null && !asked.has(id)) sim.break('I2', `nobody asked for ${id}`);
}

function checkStreams(sim: Sim, applications: ApplicationRow[], steps: StepRow[]): void {
  const events = sim.spectator.all<ChainedEvent>('SELECT * FROM events ORDER BY stream, seq');
  const streams = Map.groupBy(events, ({ stream }) => stream);
  for (const [stream, chained] of streams) {
    const broken = firstBreak(chained);
    if (broken) sim.break('I26', `${stream}: ${broken.why}`);
  }
  const byApplication = Map.groupBy(steps, ({ app }) => app);
  const waiting = explained(sim).apps;
  for (const application of applications) {
    const [own, stream] = [byApplication.get(application.id)!, streams.get(application.id)!];
    checkApplication(sim, application, own, stream, waiting);
    checkFold(sim, own, stream);
  }
}

const ENDED = ['succeeded', 'rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed'];

function checkApplication(
  sim: Sim,
  { id, state, version, head }: ApplicationRow,
  steps: StepRow[],
  events: ChainedEvent[],
  waiting: ReadonlySet<string>,
): void {
  const last = events.at(-1)!;
  if (version !== last.seq || head !== last.hash) sim.break('I11', `${id} does not stand at its last event`);
  if ((JSON.parse(last.data) as { state: string }).state !== state)
    sim.break('I12', `${id} is ${state}, its events say otherwise`);
  const ends = events.filter(({ type }) =>
    FINAL.has(/application\.(\w+)\.v1$/.exec(type)?.[1] as ApplicationState),
  );
  const final = FINAL.has(state);
  if (ends.length !== (final ? 1 : 0)) sim.break('I10', `${id} is ${state} and ended ${ends.length} times`);
  const open = steps.filter((step) => !ENDED.includes(step.state));
  if (final && open.length > 0)
    sim.break('I13', `${id} is ${state}, but ${open[0]!.name} is ${open[0]!.state}`);
  if (!final && !waiting.has(id)) sim.break('I13', `${id} is ${state}, and waits for nobody`);
}

/** I12: the steps are what their events say. Ready and pending go without saying. */
function checkFold(sim: Sim, steps: StepRow[], events: ChainedEvent[]): void {
  const said = new Map<string, string>();
  for (const { what, step } of stepEvents(events)) {
    const state = stateSaid(what);
    if (state !== undefined) said.set(step, state);
  }
  for (const { app, name, state, timeout } of steps) {
    const is = plain(state, timeout);
    const by = said.get(name);
    const silent = ['ready', 'pending', 'unknown'].includes(is) || (is === 'parked' && by === 'rejected');
    if (!silent && by !== is) sim.break('I12', `${app}.${name} is ${is}, its last event says ${by}`);
  }
}

interface AttemptRow {
  app: string;
  step: string;
  round: number;
  number: number;
  outcome: string | null;
}

const ATTEMPTS = `SELECT application_id AS app, step, round, number, outcome FROM attempts ORDER BY number`;

/** I14: numbers without gaps, budgets held. I5: a key of its own for every round. */
function checkAttempts(sim: Sim, steps: StepRow[]): void {
  const attempts = Map.groupBy(
    sim.spectator.all<AttemptRow>(ATTEMPTS),
    ({ app, step, round }) => `${app}.${step} ${round}`,
  );
  const keys = new Set(steps.map(({ key }) => key));
  for (const { key } of sim.spectator.all<{ key: string }>('SELECT key FROM old_rounds')) {
    if (keys.has(key)) sim.break('I5', `two rounds have the key ${key}`);
    keys.add(key);
  }
  for (const { app, name, agency, state, code, round, attempts: count, spent } of steps) {
    const step = `${app}.${name}`;
    const own = attempts.get(`${step} ${round}`) ?? [];
    if (own.length !== count || own.some(({ number }, at) => number !== at + 1))
      sim.break('I14', `${step} has ${own.length} attempts of ${count}`);
    const { retry } = agency === 'bus' ? BUS_AGENCY : agencyOf(sim.mall, agency);
    if (spent > retry.attempts) sim.break('I14', `${step} spent ${spent} tries`);
    const asks = state === 'parked' && code === 'OUTCOME_UNKNOWN';
    if (asks && own.some(({ outcome }) => outcome === 'ok'))
      sim.break('I20', `${step} waits for a person though an answer is there`);
  }
}

const BADLY: ReadonlySet<ApplicationState> = new Set(['rejected', 'withdrawn', 'cancelled', 'expired']);

/** What each round of a step did under its key: the last, and those before it. */
const ROUNDS = `SELECT application_id AS app, name, agency, operation, state, key FROM steps
  UNION ALL SELECT o.application_id, o.step, o.agency, s.operation, o.state, o.key FROM old_rounds o
    JOIN steps s ON s.application_id = o.application_id AND s.name = o.step`;

/** I5: what a step calls done was done once; what an application left behind somebody knows of. */
function checkBooks(sim: Sim, applications: ApplicationRow[], steps: StepRow[]): void {
  for (const { app, name, agency, operation, key, state, code } of steps) {
    if (agency === 'bus' || state !== 'succeeded' || isDeemed(code)) continue;
    const entry = sim.agencies.get(agency)!.books.get(key);
    if (simAdapter.operations[operation]!.effect !== 'read' && entry?.effects !== 1)
      sim.break('I5', `${app}.${name} succeeded, and ${agency} did it ${entry?.effects ?? 0} times`);
  }
  const items = sim.spectator.all<{ what: string }>(
    `SELECT application_id || '.' || step AS what FROM items`,
  );
  const known = new Set(items.map(({ what }) => what));
  const states = new Map(applications.map(({ id, state }) => [id, state]));
  for (const { app, name, agency, operation, key, state } of sim.spectator.all<StepRow>(ROUNDS)) {
    if (agency === 'bus' || !BADLY.has(states.get(app)!)) continue;
    const { compensation } = simAdapter.operations[operation]!;
    const entry = sim.agencies.get(agency)!.books.get(key);
    const left = entry?.state === 'done' && entry.undone === 0 && !entry.lied && compensation !== undefined;
    if (left && !known.has(`${app}.${name}`))
      sim.break(
        'I5',
        `${app}.${name} is ${state} in what is ${states.get(app)}: ${agency} did it, and nobody knows`,
      );
  }
}

/** What the law decided in an agency's place was not done by it. */
const isDeemed = (code: string | null): boolean => code === 'DEEMED_APPROVED';

const LEFT_ALONE = `SELECT c.id, c.state, p.state AS above FROM applications c JOIN applications p ON p.id = c.parent
  WHERE p.ended_at IS NOT NULL AND c.ended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM items i JOIN steps s ON s.application_id = i.application_id AND s.name = i.step
    WHERE i.application_id = p.id AND s.agency = 'bus' AND s.operation = 'child')`;

/** I13: no child goes on alone when its parent has ended, unless somebody knows. */
function checkChildren(sim: Sim): void {
  for (const { id, state, above } of sim.spectator.all<Record<string, string>>(LEFT_ALONE))
    sim.break('I13', `${id} is ${state}, and the application that opened it is ${above}`);
}

/** I18: each receiver has taken the last event of each of its applications. */
function checkCallbacks(sim: Sim, applications: ApplicationRow[]): void {
  for (const { id, platform, version } of applications) {
    for (const url of sim.endpoints.get(platform)!) {
      const last = sim.receivers.last.get(`${url} ${id}`) ?? 0;
      if (last !== version) sim.break('I18', `${url} has taken ${last} of ${version} events of ${id}`);
    }
  }
}

/** I23: nobody's name or number is in the log; and nothing failed that was not made to fail. */
function checkLog({ lines, break: broken }: Sim): void {
  const log = lines.join('');
  for (const canary of CANARIES) if (log.includes(canary)) broken('I23', `the log says ${canary}`);
  for (const line of lines) {
    if (/"event":"[\w.]+\.failed"/.test(line) && !line.includes('could not confirm a commit'))
      broken('LOG', line.slice(0, 600));
  }
}

/** Every so many seeds the stored bytes are looked through. */
const SEALED_EVERY = 10;
const TABLES = ['applications', 'bodies', 'steps', 'old_rounds', 'attempts', 'events', 'inbox', 'items'];

/** I24: nobody's name or number lies open in the ledger. */
function checkSealed(sim: Sim): void {
  if (sim.seed % SEALED_EVERY !== 0) return;
  for (const table of TABLES) {
    const text = sim.spectator
      .all<Record<string, unknown>>(`SELECT * FROM ${table}`)
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join('\n');
    for (const canary of CANARIES)
      if (text.includes(canary)) sim.break('I24', `${canary} lies open in ${table}`);
  }
}
