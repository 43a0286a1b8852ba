/** What a route says, held against every change that is stored: order, rounds, waits, people's decisions, corrections. */
import { stepId } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import type { Change, StepRow } from '../../src/flow/ports/ledger.ts';
import { busAdapter } from '../../src/adapter-kit/bus-adapter.ts';
import { simAdapter } from './adapter.ts';
import { checkClock } from './clocks.ts';
import { checkCorrected } from './mended.ts';
import { msOf, planOf, type Planned } from './planned.ts';
import type { Sim } from './sim.ts';
import { plain, type Before } from './transitions.ts';

/** What is known of an application from the changes that were stored. */
export interface Facts {
  id: string;
  service: string;
  platform: string;
  parent: string | null;
  nik: string;
  /** What its conditions read. */
  want: boolean;
  open: boolean;
  ending: boolean;
  clock: { dueAt: number; paused: boolean; breached: boolean } | null;
}

export interface Book {
  apps: Map<string, Facts>;
  /** By step. */
  reminded: Map<string, { since: number; nth: number }>;
  proposed: Map<string, { by: string; as: string }>;
  rounds: Map<string, { again: number; rebilled: number }>;
  readyAt: Map<string, number>;
  keys: Set<string>;
}

export const makeBook = (): Book => ({
  ...{ apps: new Map(), reminded: new Map(), proposed: new Map(), rounds: new Map() },
  ...{ readyAt: new Map(), keys: new Set() },
});

/** One change as the rules see it. */
export interface Seen {
  sim: Sim;
  book: Book;
  facts: Facts;
  change: Change;
  now: number;
  /** Each step as it was, and as it is when the change is stored. */
  before(name: string): Before;
  after(name: string): { state: string; timeoutAt: number | null };
  told(type: string): JsonObject[];
}

export interface Moved extends Planned {
  row: StepRow;
  was: Before;
  id: string;
}

export function checkRules(
  sim: Sim,
  book: Book,
  steps: Map<string, Before>,
  held: ReadonlyMap<string, unknown>,
  change: Change,
): void {
  const facts = book.apps.get(change.applicationId);
  if (!facts) return;
  const rows = new Map(change.steps.map(({ row }) => [row.name, row]));
  const before = (name: string): Before => {
    const id = stepId(facts.id, name);
    return { ...steps.get(id)!, leased: held.has(id) };
  };
  const told = (type: string): JsonObject[] =>
    change.events
      .filter((one) => one.type === `go.mpp.${type}.v1`)
      .map(({ data }) => JSON.parse(data) as JsonObject);
  const now = change.events[0] ? Date.parse(change.events[0].at) : sim.time.now();
  const seen: Seen = {
    sim,
    book,
    facts,
    change,
    now,
    before,
    told,
    after: (name) => rows.get(name) ?? before(name),
  };
  const wasEnding = facts.ending;
  const ending = facts.ending || change.application?.ending !== undefined;
  facts.ending = change.application ? change.application.ending !== null : facts.ending;
  const plan = planOf(sim.mall, facts.service);
  for (const [name, row] of rows) {
    const moved = { ...plan.get(name)!, row, was: before(name), id: stepId(facts.id, name) };
    checkOrder(seen, moved);
    checkUndo(seen, moved, plan);
    checkRound(seen, moved);
    checkWaits(seen, moved, ending && facts.ending);
    checkDelay(seen, moved);
    checkTask(seen, moved);
    checkRefusal(seen, moved, wasEnding);
    checkChild(seen, moved);
  }
  checkCorrected(seen, plan);
  checkClock(seen, plan);
  if (change.application?.endedAt) facts.open = false;
}

/** I9: no step begins before those before it have ended well, and conditions are kept. */
export function checkOrder(
  seen: Pick<Seen, 'sim' | 'facts' | 'after'>,
  { name, row, was, after, step, id }: Moved,
): void {
  const { sim, facts } = seen;
  if (was.state !== 'pending' || ['pending', 'cancelled', 'parked'].includes(row.state)) return;
  // What is undone at once had ended well before.
  const stateOf = (one: string): string => {
    const { state } = seen.after(one);
    return facts.ending && (state === 'compensating' || state === 'compensated') ? 'succeeded' : state;
  };
  for (const other of after) {
    const state = stateOf(other.name);
    const best =
      other.need === 'bestEffort' &&
      ['rejected', 'compensated', 'compensationFailed', 'cancelled'].includes(state);
    if (state !== 'succeeded' && state !== 'skipped' && !best)
      sim.break('I9', `${id} began while ${other.name} before it is ${state}`);
  }
  const wanted = conditionOf(step.when, facts, stateOf);
  const skipped = row.state === 'skipped';
  if (wanted !== undefined && wanted === skipped)
    sim.break('I9', `${id} ${skipped ? 'was skipped' : 'began'}, and ${step.when} is ${wanted}`);
  if (skipped) sim.coverage.saw('condition: a step was skipped');
  if (name.startsWith('pivot')) sim.coverage.saw('pivot: begun');
}

function conditionOf(
  when: string | undefined,
  { want }: Facts,
  stateOf: (name: string) => string,
): boolean | undefined {
  if (when === undefined) return true;
  if (when === 'application.formData.want = true') return want;
  const [, name] = /^steps\.(\w+)\.state = 'succeeded'$/.exec(when) ?? [];
  return name === undefined ? undefined : stateOf(name) === 'succeeded';
}

const GOES_ON = new Set(['succeeded', 'waiting', 'unknown']);

/**
 * I9: nothing is undone once there is no way back, and what was done last is undone first. An offer that was waited for
 * in vain is given back by itself, and changes nothing of the rest.
 */
function checkUndo(
  { sim, facts, after }: Seen,
  { row, was, id, position, step }: Moved,
  plan: Map<string, Planned>,
): void {
  if (row.state !== 'compensating' || was.state === 'compensating') return;
  if (
    !facts.ending &&
    step.need === 'bestEffort' &&
    step.onTimeout === 'reject' &&
    row.code === 'WAIT_TIMED_OUT'
  ) {
    sim.coverage.saw('wait: an offer was given back when it was over');
    return;
  }
  for (const other of plan.values()) {
    const { state } = after(other.name);
    if (other.step.pivot && GOES_ON.has(plain(state)))
      sim.break('I9', `${id} is being undone, and the pivot ${other.name} is ${state}`);
    const later = other.position > position && state === 'succeeded' && isUndoable(other);
    if (later && was.state !== 'parked')
      sim.break('I9', `${id} is being undone before ${other.name}, done after it`);
  }
}

function isUndoable({ step: { call } }: Planned): boolean {
  const [role, name] = call.split('.') as [string, string];
  return (role === 'bus' ? busAdapter : simAdapter).operations[name]!.compensation !== undefined;
}

/** I5, I14: a new round has a cause, a key of its own and a limit. */
function checkRound({ sim, book, facts, told }: Seen, { name, row, was, id, step }: Moved): void {
  const key = `${row.agency} ${row.key}`;
  if (row.round === was.round) {
    if (row.key !== was.key) sim.break('I5', `${id} changed its key within round ${row.round}`);
    return;
  }
  if (book.keys.has(key))
    sim.break('I5', `${id} begins round ${row.round} under a key that was used: ${row.key}`);
  book.keys.add(key);
  const again = told('step.again').filter(
    (one) => one['step'] === name || (one['steps'] as string[]).includes(name),
  );
  const rebilled = told('payment.rebilled').filter((one) => one['step'] === name);
  const asked = told('step.newRound').some((one) => one['step'] === name);
  if (
    row.round !== was.round + 1 ||
    !(again.length > 0 || rebilled.length > 0 || asked || told('application.corrected').length > 0)
  )
    sim.break('I11', `${id} went from round ${was.round} to ${row.round} without a cause`);
  if (was.code === 'PERHAPS_PAID')
    sim.break('I5', `${id} begins round ${row.round} while the last one is perhaps paid`);
  if (facts.ending) sim.break('I11', `${id} begins round ${row.round} of what is being ended`);
  const counts = book.rounds.get(id) ?? { again: 0, rebilled: 0 };
  counts.again += again.filter((one) => one['step'] === name).length;
  counts.rebilled += rebilled.length;
  book.rounds.set(id, counts);
  if (again.length > 0) sim.coverage.saw('round: its end was none');
  if (rebilled.length > 0) sim.coverage.saw('round: billed anew');
  if (counts.again > (step.again?.most ?? 0)) sim.break('I14', `${id} had ${counts.again} steps run again`);
  if (counts.rebilled > (step.rebill ?? 0))
    sim.break('I14', `${id} was billed anew ${counts.rebilled} times`);
}

/** The clock may step back by so much, and processes round. */
const SLACK_MS = 3_000;

/** I11, I14: reminders in their number and time; a wait ends as the route says, and no sooner. */
function checkWaits(seen: Seen, { name, row, was, id, step, call }: Moved, ending: boolean): void {
  const { sim, book, now, told } = seen;
  if (row.state === 'ready' && (was.state !== 'ready' || row.round !== was.round)) book.readyAt.set(id, now);
  for (const { nth } of told('step.reminder').filter((one) => one['step'] === name)) {
    const last = book.reminded.get(id);
    const given = last?.since === was.since ? last.nth : 0;
    const due = step.remind?.[given];
    if (due === undefined || nth !== given + 1 || now < was.since + msOf(due) - SLACK_MS)
      sim.break(
        'I14',
        `${id} was reminded the ${String(nth)} time, ${given} before, after ${now - was.since} ms`,
      );
    book.reminded.set(id, { since: was.since, nth: given + 1 });
    sim.coverage.saw('wait: reminded');
  }
  if (call === 'bus.wait' && row.state === 'succeeded' && was.state !== 'succeeded' && !acted(seen, name)) {
    sim.coverage.saw('wait: its time passed');
    const span = msOf(String(step.with['for']).replaceAll("'", ''));
    if (now < (book.readyAt.get(id) ?? 0) + span - SLACK_MS)
      sim.break('I11', `${id} waited too short a time`);
  }
  // A child that has expired ends its step with the same word.
  const isChild = call === 'bus.child' && row.state === 'rejected';
  const isOver = (code: string | null): boolean => code === 'WAIT_TIMED_OUT' || code === 'PERHAPS_PAID';
  if (!isOver(row.code) || isOver(was.code) || !was.timeoutAt || isChild) return;
  if (now < was.timeoutAt - SLACK_MS) sim.break('I11', `${id} timed out before its time`);
  if (row.state === 'rejected' || seen.facts.ending) sim.coverage.saw('wait: rejected when it was over');
  // A no past the pivot is a person's.
  const isNo = told('step.rejected').some((one) => one['step'] === name);
  const isUnsure = row.code === 'PERHAPS_PAID';
  if (row.state === 'parked' && !ending && !isNo && !isUnsure && step.onTimeout === 'reject')
    sim.break('I11', `${id} waits for a person where its route says reject`);
}

const acted = ({ told }: Seen, name: string): boolean =>
  ['step.resolved', 'step.retried'].some((type) => told(type).some((one) => one['step'] === name)) ||
  told('application.deemedApproved').length > 0;

/** However long an agency is asked on or a step tried on, the next time is within this: the longest trust and the bus's own cap. */
const LONGEST_DELAY_MS = 15 * 60_000;

/** I14: the next try is within the policy; what must be done is never left to a person. */
function checkDelay({ sim, now, facts, change }: Seen, { row, was, id, step, name }: Moved): void {
  const tries = row.state === 'ready' || row.state === 'unknown' || row.state === 'compensating';
  if (
    tries &&
    row.dueAt !== null &&
    row.leaseUntil === null &&
    row.dueAt - Math.max(now, sim.time.now()) > LONGEST_DELAY_MS
  )
    sim.break('I14', `${id} is tried again after ${(row.dueAt - now) / 1000} s only`);
  const told = change.open?.some(
    (one) => one.step === name && ['retriesSpent', 'outcomeUnknown'].includes(one.kind),
  );
  if (told && row.state !== 'parked') sim.coverage.saw('insist: tried on');
  const spent =
    row.state === 'parked' &&
    was.state !== 'parked' &&
    !['MAPPING_ERROR', 'WAIT_TIMED_OUT', 'PERHAPS_PAID'].includes(row.code ?? '');
  if (
    spent &&
    step.insist === true &&
    !was.refused &&
    was.state !== 'rejected' &&
    !isRefusal(row, facts, sim, name)
  )
    sim.break('I13', `${id} must be done in the end, and is parked with ${row.code}`);
}

/** An agency's no past the pivot is its end, whoever insists. */
function isRefusal(row: StepRow, facts: Facts, { spectator }: Sim, name: string): boolean {
  const item = spectator.one(
    "SELECT 1 FROM items WHERE application_id = ? AND step = ? AND kind = 'rejectedAfterPivot'",
    ...[facts.id, name],
  );
  return row.sentAt === null || item !== undefined;
}

/** I11: a decision is taken while it is wanted, by two people where the route says so, and by nobody else. */
function checkTask(
  { sim, book, facts, told, change }: Seen,
  { name, row, was, id, step, call }: Moved,
): void {
  if (call !== 'bus.task') return;
  const own = (type: string): JsonObject | undefined => told(type).find((one) => one['step'] === name);
  const [proposed, decided] = [own('task.proposed'), own('task.decided')];
  if ((proposed ?? decided) && was.state !== 'waitingOfficer')
    sim.break('I11', `${id} was ${was.state} when it was decided`);
  const fourEyes = step.task!.fourEyes;
  if (decided && fourEyes) {
    const first = book.proposed.get(id);
    if (!first || first.by === decided['by'] || first.as !== decided['as'])
      sim.break('I11', `${id} was decided by ${String(decided['by'])} alone`);
    sim.coverage.saw('task: two agreed');
  }
  if (proposed) book.proposed.set(id, { by: proposed['by'] as string, as: proposed['as'] as string });
  else if (row.round !== was.round) book.proposed.delete(id);
  const deemed = told('application.deemedApproved').some((one) => one['step'] === name);
  const byPerson = decided ?? own('step.resolved') ?? own('step.newRound');
  if (was.state === 'waitingOfficer' && row.state === 'succeeded' && !byPerson && !deemed)
    sim.break('I11', `${id} of ${facts.service} was approved by nobody`);
  const isOpened = row.state === 'waitingOfficer' && was.state !== 'waitingOfficer';
  const item = change.open?.some(
    (one) => one.step === name && one.kind === 'task' && one.role === step.task!.role,
  );
  if (isOpened && !item) sim.break('I15', `${id} waits for an officer in nobody's queue`);
}

/** I11: a no ends the application as its route says. */
function checkRefusal({ sim, change, told }: Seen, { name, row, step, id }: Moved, wasEnding: boolean): void {
  const ending = change.application?.ending;
  const isNo = told('step.rejected').some((one) => one['step'] === name);
  if (!isNo || wasEnding || !ending || ending.code !== row.code) return;
  const isOver = step.onRefusal?.[ending.code] === 'expire';
  if (ending.as !== (isOver ? 'expired' : 'rejected'))
    sim.break('I11', `${id} was refused with ${ending.code}, and its application is ${ending.as}`);
  if (isOver) sim.coverage.saw('refusal: the end of its time');
}

const CHILD = `SELECT a.state, a.ended_at AS ended FROM client_references r JOIN applications a ON a.id = r.application_id
  WHERE r.platform = ? AND r.reference = ?`;
const WELL = ['completed', 'partiallyCompleted'];

/** I5: what a parent says of its child is so. */
function checkChild(seen: Seen, { name, row, was, id, call }: Moved): void {
  const { sim, facts } = seen;
  if (call !== 'bus.child' || row.state === was.state || acted(seen, name)) return;
  const reference = sim.spectator.vault.index('clientReference', `${facts.platform} child-${was.key}`);
  const child = sim.spectator.one<{ state: string; ended: number | null }>(CHILD, facts.platform, reference);
  const well = child !== undefined && WELL.includes(child.state);
  if (row.state === 'succeeded') {
    sim.coverage.saw('child: ended well');
    if (!well) sim.break('I5', `${id} succeeded, and its child is ${child?.state ?? 'nowhere'}`);
  }
  if (row.state === 'rejected') {
    if (child) sim.coverage.saw('child: ended badly');
    if (child && (well || child.ended === null))
      sim.break('I5', `${id} was rejected, and its child is ${child.state}`);
  }
  if (row.state !== 'compensated') return;
  sim.coverage.saw('child: withdrawn with its parent');
  if (child && (well || child.ended === null))
    sim.break('I5', `${id} is undone, and its child is ${child.state}`);
}
