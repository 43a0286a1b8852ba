/** Corrections, held against the route: who runs again, who must be looked at, and what agencies were sent in the end. */
import { busAdapter } from '../../src/adapter-kit/bus-adapter.ts';
import { simAdapter } from './adapter.ts';
import { msOf, readsOf, type Planned } from './planned.ts';
import type { Seen } from './rules.ts';
import { isSentBack, plain } from './transitions.ts';

const SLACK_MS = 3_000;
const covers = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

/** Steps that read what was mended, and those that read of these. */
function readersOf(plan: Map<string, Planned>, pointers: string[]): Set<string> {
  const found = new Set<string>();
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const { name, step } of plan.values()) {
      const reads = readsOf(step);
      const own = reads.pointers.some((read) =>
        pointers.some((one) => covers(one, read) || covers(read, one)),
      );
      if (own || reads.steps.some((other) => found.has(other))) found.add(name);
    }
  }
  return found;
}

export const effectOf = (call: string): string => {
  const [role, name] = call.split('.') as [string, string];
  return (role === 'bus' ? busAdapter : simAdapter).operations[name]!.effect;
};

/** I9: what was sent back, what read it and what is too old runs again; what was done already a person looks at. */
export function checkCorrected(
  { sim, facts, change, before, now, told }: Seen,
  plan: Map<string, Planned>,
): void {
  const [corrected] = told('application.corrected');
  if (!corrected) return;
  const readers = readersOf(plan, corrected['pointers'] as string[]);
  if (![...plan.keys()].some((name) => isSentBack(before(name))))
    sim.break('I11', `${facts.id} was mended though nothing was sent back`);
  if (!change.application?.body) sim.break('I1', `${facts.id} was mended, and its body is as before`);
  const begun = new Set(
    change.steps.filter(({ row }) => row.round > before(row.name).round).map(({ row }) => row.name),
  );
  for (const { name, step, call } of plan.values()) {
    const was = before(name);
    const read = was.state === 'succeeded' && effectOf(call) === 'read';
    const age = now - was.since;
    const old = step.validFor !== undefined && age > msOf(step.validFor) + SLACK_MS;
    const young = step.validFor === undefined || age < msOf(step.validFor) - SLACK_MS;
    const wanted = was.state === 'skipped' && readers.has(name);
    // Tried, and surely not done: sent again it would be sent as it was.
    const vain = was.state === 'ready' && !was.leased && was.code !== null && was.code !== 'MAPPING_ERROR';
    const must =
      isSentBack(was) || wanted || (vain && readers.has(name)) || (read && (readers.has(name) || old));
    // Tried, and surely not done.
    const tried = readers.has(name) && !was.leased && (was.state === 'ready' || was.state === 'parked');
    const may = must || tried || (read && !young);
    if (must && !begun.has(name))
      sim.break('I9', `${facts.id}.${name} (${was.state}) should run again: mended`);
    if (!may && begun.has(name)) sim.break('I9', `${facts.id}.${name} (${was.state}) runs again for nothing`);
    if (read && begun.has(name))
      sim.coverage.saw(old ? 'correction: a check was too old' : 'correction: a check ran again');
    const sent = ['waiting', 'unknown'].includes(plain(was.state, was.timeoutAt)) || was.leased;
    const done = was.state === 'succeeded' && !read;
    const item = change.open?.some((one) => one.step === name && one.code === 'DONE_BEFORE_CORRECTION');
    if (readers.has(name) && (sent || done) && !isSentBack(was) && !item)
      sim.break('I9', `${facts.id}.${name} is ${was.state}: nobody hears that it was mended after it`);
    if (item) sim.coverage.saw('correction: done before it');
  }
}
