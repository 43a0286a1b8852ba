/** What must hold of the ledger, the agencies' books and the receivers when everything is at rest. */
import { FINAL, type ApplicationState } from '../../src/domain/application.ts';
import { firstBreak, type ChainedEvent } from '../../src/domain/chain.ts';
import { simAdapter } from './adapter.ts';
import { mall } from './mall.ts';
import { CANARIES } from './platforms.ts';
import type { Sim } from './sim.ts';
import type { Row } from './spectator.ts';
import { plain, stateSaid, stepEvents } from './transitions.ts';

/** I15: whatever is open is due, leased, waiting or with a person. */
const ORPHANS = `SELECT s.application_id || '.' || s.name || ' ' || s.state AS what
  FROM steps s JOIN applications a ON a.id = s.application_id
  WHERE s.due_at IS NULL AND (
    s.state NOT IN ('pending', 'parked', 'waitingApplicant', 'succeeded', 'rejected', 'skipped', 'cancelled',
      'compensated', 'compensationFailed')
    OR (s.state = 'parked' AND NOT EXISTS (
      SELECT 1 FROM items i WHERE i.application_id = s.application_id AND i.step = s.name AND i.closed_at IS NULL))
    OR (s.state = 'waitingApplicant' AND s.timeout_at IS NOT NULL))
  OR (s.due_at IS NOT NULL AND s.state IN ('pending', 'parked', 'succeeded', 'rejected', 'skipped', 'cancelled',
      'compensated', 'compensationFailed'))`;

export function checkOrphans(sim: Sim): void {
  for (const { what } of sim.spectator.all(ORPHANS)) sim.break('I15', `${what}: nothing will move it, or too much`);
}

export function checkEnd(sim: Sim): void {
  checkOrphans(sim);
  checkReceipts(sim);
  const events = byStream(sim);
  for (const [stream, chained] of events) {
    const broken = firstBreak(chained);
    if (broken) sim.break('I26', `${stream}: ${broken.why}`);
  }
  const steps = Map.groupBy(sim.spectator.all('SELECT * FROM steps'), (row) => row['application_id'] as string);
  for (const application of sim.spectator.all('SELECT * FROM applications')) {
    const id = application['id'] as string;
    checkApplication(sim, application, steps.get(id)!, events.get(id)!);
  }
  checkAttempts(sim, [...steps.values()].flat());
  checkBooks(sim, [...steps.values()].flat());
  checkCallbacks(sim);
  checkLog(sim);
}

/** I1 to I4: what was answered 202 is there, once, and nothing else is. */
function checkReceipts(sim: Sim): void {
  const stored = new Set(sim.spectator.all('SELECT id FROM applications').map(({ id }) => id));
  const told = new Set([...sim.receipts.values()].map(({ id }) => id));
  for (const [name, { id }] of sim.receipts) if (!stored.has(id)) sim.break('I1', `${name}: ${id} is not in the ledger`);
  if (told.size !== sim.receipts.size) sim.break('I3', 'two requests were answered with one application');
  for (const id of stored) if (!told.has(id as string)) sim.break('I2', `nobody asked for ${id}`);
}

function byStream(sim: Sim): Map<string, ChainedEvent[]> {
  const rows = sim.spectator.all('SELECT * FROM events ORDER BY stream, seq') as unknown as ChainedEvent[];
  return Map.groupBy(rows, ({ stream }) => stream);
}

function checkApplication(sim: Sim, application: Row, steps: Row[], events: ChainedEvent[]): void {
  const id = application['id'] as string;
  const state = application['state'] as ApplicationState;
  const last = events.at(-1)!;
  if (application['version'] !== last.seq || application['head'] !== last.hash)
    sim.break('I11', `${id} does not stand at its last event`);
  if ((JSON.parse(last.data) as { state: string }).state !== state)
    sim.break('I12', `${id} is ${state}, its events say otherwise`);
  const ends = events.filter(({ type }) => FINAL.has(/application\.(\w+)\.v1$/.exec(type)?.[1] as ApplicationState));
  const final = FINAL.has(state);
  if (ends.length !== (final ? 1 : 0)) sim.break('I10', `${id} is ${state} and ended ${ends.length} times`);
  const open = steps.filter((step) => !isEnded(step));
  if (final && open.length > 0) sim.break('I13', `${id} is ${state}, but ${open[0]!['name']} is ${open[0]!['state']}`);
  if (!final && !open.some(({ state: one }) => one === 'parked' || one === 'waitingApplicant'))
    sim.break('I13', `${id} is ${state}, and waits for nobody`);
  checkFold(sim, id, steps, events);
}

const ENDED = ['succeeded', 'rejected', 'skipped', 'cancelled', 'compensated', 'compensationFailed'];
const isEnded = ({ state }: Row): boolean => ENDED.includes(state as string);

/** I12: the steps are what their events say. Ready and pending go without saying. */
function checkFold(sim: Sim, id: string, steps: Row[], events: ChainedEvent[]): void {
  const said = new Map<string, string>();
  for (const { what, step } of stepEvents(events)) {
    const state = stateSaid(what);
    if (state !== undefined) said.set(step, state);
  }
  for (const { name, state } of steps) {
    const is = plain(state as string);
    const by = said.get(name as string);
    const silent = is === 'ready' || is === 'pending' || is === 'unknown' || (is === 'parked' && by === 'rejected');
    if (!silent && by !== is) sim.break('I12', `${id}.${name} is ${is}, its last event says ${by}`);
  }
}

/** I14: numbers without gaps, budgets held; a key of its own for every round. */
function checkAttempts(sim: Sim, steps: Row[]): void {
  const attempts = Map.groupBy(
    sim.spectator.all('SELECT application_id, step, round, number, outcome FROM attempts ORDER BY number'),
    (row) => `${row['application_id']}.${row['step']} ${row['round']}`,
  );
  const keys = new Set(steps.map(({ key }) => key));
  for (const { key, application_id: id, step } of sim.spectator.all('SELECT * FROM old_rounds')) {
    if (keys.has(key!)) sim.break('I5', `two rounds of ${id}.${step} have one key`);
    keys.add(key!);
  }
  for (const step of steps) {
    const name = `${step['application_id']}.${step['name']}`;
    const own = attempts.get(`${name} ${step['round']}`) ?? [];
    if (own.length !== step['attempts'] || own.some(({ number }, at) => number !== at + 1))
      sim.break('I14', `${name} has ${own.length} attempts of ${step['attempts']}`);
    const { retry } = mall.agencies.find(({ id }) => id === step['agency'])!;
    if (Number(step['spent']) > retry.attempts) sim.break('I14', `${name} spent ${step['spent']} tries`);
    const asking = step['state'] === 'parked' && step['code'] === 'OUTCOME_UNKNOWN';
    if (asking && own.some(({ outcome }) => outcome === 'ok'))
      sim.break('I20', `${name} waits for a person though an answer is there`);
  }
}

/** I5: what a step calls done was done once; what an application left behind somebody knows of. */
function checkBooks(sim: Sim, steps: Row[]): void {
  const items = new Set(sim.spectator.all('SELECT application_id AS id, step FROM items').map(({ id, step }) => `${id}.${step}`));
  const ended = new Map(sim.spectator.all('SELECT id, state FROM applications').map(({ id, state }) => [id, state]));
  for (const step of steps) {
    const { agency, operation, key, state, application_id: id, name } = step as Record<string, string>;
    const { effect, compensation } = simAdapter.operations[operation!]!;
    const entry = sim.agencies.get(agency!)!.books.get(key!);
    if (state === 'succeeded' && effect !== 'read' && entry?.effects !== 1)
      sim.break('I5', `${id}.${name} succeeded, and ${agency} did it ${entry?.effects ?? 0} times`);
    const left = entry && entry.undone === 0 && entry.state === 'done' && !entry.lied && compensation;
    const badly = ['rejected', 'withdrawn', 'cancelled', 'expired'].includes(ended.get(id!) as string);
    if (left && badly && !items.has(`${id}.${name}`))
      sim.break('I5', `${id} is ${String(ended.get(id!))}; ${agency} did ${name} (${state}), and nobody knows`);
  }
}

/** I18: each receiver has taken the last event of each of its applications. */
function checkCallbacks(sim: Sim): void {
  for (const row of sim.spectator.all('SELECT id, platform, version FROM applications')) {
    for (const url of sim.endpoints.get(row['platform'] as string)!) {
      const last = sim.receivers.last.get(`${url} ${row['id']}`);
      if (last !== row['version'])
        sim.break('I18', `${url} has taken ${last ?? 0} of ${row['version']} events of ${row['id']}`);
    }
  }
}

/** I23, I24: nobody's name or number is in the log or lies open in the ledger; nothing failed that was not made to. */
function checkLog(sim: Sim): void {
  const log = sim.lines.join('');
  for (const canary of CANARIES) if (log.includes(canary)) sim.break('I23', `the log says ${canary}`);
  for (const line of sim.lines) {
    if (/"event":"[\w.]+\.failed"/.test(line) && !line.includes('"CommitUnknown') && !line.includes('could not confirm'))
      sim.break('LOG', line.slice(0, 600));
  }
  if (sim.seed % 10 !== 0) return;
  for (const table of ['applications', 'bodies', 'steps', 'old_rounds', 'attempts', 'events', 'inbox', 'items']) {
    const text = sim.spectator
      .all(`SELECT * FROM ${table}`)
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join('\n');
    for (const canary of CANARIES) if (text.includes(canary)) sim.break('I24', `${canary} lies open in ${table}`);
  }
}
