/** Bugs of what routes can say: order, rounds, people's decisions, children, corrections, the law's clock, agencies' hours. */
import type { Bug } from './bugs.ts';

const bug = (name: string, file: string, find: string, replace = ''): Bug => ({
  name,
  patches: [{ file: `src/${file}`, find, replace }],
});

const ORDER: Bug[] = [
  bug(
    'begun while what is before it waits',
    'domain/application.ts',
    'return endedWell(before) || (',
    'return endedWell(before) || isWaiting(before) || (',
  ),
  bug(
    'conditions not asked',
    'flow/change.ts',
    'return when === null || holds(flow, view, draft, step, when);',
    'return true;',
  ),
  bug(
    'first done, first undone',
    'domain/application.ts',
    'b.position - a.position',
    'a.position - b.position',
  ),
  bug(
    'taken back past the pivot',
    'desk/act.ts',
    "if (pastPivot(draft, view.plan)) return { refused: 'past_pivot', instead };",
  ),
];

const ROUNDS: Bug[] = [
  bug('again without end', 'flow/change.ts', ' || step.round > again.most'),
  bug(
    'billed anew without end',
    'flow/moves.ts',
    'step.round <= (rules.rebill ?? 0)',
    'rules.rebill !== undefined',
  ),
  bug(
    'insisted on blindly',
    'flow/moves.ts',
    "patch(draft, step.name, { state: perhaps ? 'unknown' : 'ready', ...on });",
    "patch(draft, step.name, { state: 'ready', ...on });",
  ),
  bug(
    'parked though insisted on',
    'flow/moves.ts',
    'if (view.plan.byName.get(name)!.rules.insist && ',
    'if (view.plan.byName.get(name)!.rules.insist && code !== code && ',
  ),
  bug(
    'earlier rounds forgotten at the end',
    'flow/change.ts',
    'if (ending && endedAt !== null && view.application.endedAt === null) await leaveEarlierRounds(flow, draft);',
  ),
];

const WAITS: Bug[] = [
  bug(
    'reminded without end',
    'flow/waits.ts',
    'secret: { ...step.secret, reminded }',
    'secret: { ...step.secret }',
  ),
  bug(
    'a person asked where the route says reject',
    'flow/moves.ts',
    "if (rules.onTimeout === 'reject' && ",
    "if (rules.onTimeout === 'expire' && ",
  ),
  bug(
    'half the time is enough',
    'adapter-kit/bus-adapter.ts',
    'Date.parse(now) + parseDuration(span!)',
    'Date.parse(now) + parseDuration(span!) / 2',
  ),
  bug(
    'two eyes for four',
    'desk/decide.ts',
    "if (proposal?.by === actor.by && agrees) return { is: 'refused', code: 'four_eyes' };",
  ),
  bug(
    'decided when it was over',
    'desk/decide.ts',
    "if (step.state !== 'waitingOfficer') return { is: 'refused', code: 'not_waiting' };",
  ),
  bug(
    'rejected where the route says expired',
    'domain/application.ts',
    "Object.hasOwn(onRefusal, code) ? 'expired' : 'rejected'",
    "Object.hasOwn(onRefusal, code) ? 'rejected' : 'rejected'",
  ),
  bug(
    'called over, and left at its agency',
    'flow/moves.ts',
    "else if (undoable && !pastPivot(draft, plan)) end(draft, { as: 'rejected', code: 'WAIT_TIMED_OUT' });",
  ),
  bug("a task in nobody's queue", 'flow/moves.ts', '...(task && { role: task.role }), '),
];

const CHILDREN: Bug[] = [
  bug('a child for every try', 'flow/children.ts', '`child-${step.key}`', '`child-${step.key}${step.wake}`'),
  bug(
    'any end of a child is a good one',
    'flow/children.ts',
    "if (!ENDED_WELL.has(state)) return { is: 'refused', code: ending?.code ?? 'CHILD_ENDED' };",
  ),
  bug(
    'a child left behind',
    'flow/children.ts',
    'const acted = await withdraw(found.application.id);',
    "if (withdraw) return { is: 'ok', output: {} };\n  const acted = await withdraw(found.application.id);",
  ),
];

const CORRECTIONS: Bug[] = [
  bug('old checks count', 'domain/mending.ts', 'step.since + parseDuration(rules.validFor) < now', 'now < 0'),
  bug('mended, and not read again', 'domain/mending.ts', '(isAffected || stale)) return', 'stale) return'),
  bug('what was tried is sent as it was', 'domain/mending.ts', "if (wasTriedInVain(step)) return 'again';"),
  bug('one key, two inputs', 'desk/mend.ts', 'await holdInputs(desk, view, draft);'),
  bug(
    'anything may be mended',
    'desk/mend.ts',
    'wasAsked(asked, pointer) ? [] : [{ pointer: `/changes',
    'asked ? [] : [{ pointer: `/changes',
  ),
  bug(
    'some of it is enough',
    'desk/mend.ts',
    '.filter((one) => !isMended(one))',
    '.filter((one) => one && false)',
  ),
  bug(
    'done before it, and nobody hears',
    'desk/mend.ts',
    "kind: 'conflict', code: 'DONE_BEFORE_CORRECTION'",
    "kind: 'conflict', code: 'DONE'",
  ),
];

const CLOCKS: Bug[] = [
  bug(
    'the clock never stands',
    'domain/standing.ts',
    'const stands = why !== undefined && ',
    'const stands = why === null && ',
  ),
  bug(
    'breached again and again',
    'flow/deadlines.ts',
    'draft.application = { ...draft.application, clock: { ...clock, said } };',
  ),
  bug(
    'silence before the checks is consent',
    'flow/deadlines.ts',
    'plan.service.deemedApproval !== undefined && settled && ',
    'plan.service.deemedApproval !== undefined && ',
  ),
  bug(
    'overdue, and nobody hears',
    'flow/deadlines.ts',
    "if (late) draft.items.push({ step: late.name, kind: 'overdue'",
    "if (!late) draft.items.push({ step: late!.name, kind: 'overdue'",
  ),
  bug(
    'free days count',
    'domain/deadline.ts',
    "return term.unit === 'days' ? day + 1 : workingDayFrom(day + 1, calendar);",
    'return term ? day + 1 : workingDayFrom(day + 1, calendar);',
  ),
];

const DOORS: Bug[] = [
  bug(
    'two open where one may be',
    'flow/duplicates.ts',
    "service.duplicates === 'refuse' && { lock: own }",
    'service.duplicates === null && { lock: own }',
  ),
  bug(
    'asked while closed',
    'domain/gate.ts',
    'if (from !== null) return from === now ? null : from;',
    'if (from !== null) return null;',
  ),
  bug('a quota not counted', 'domain/gate.ts', 'perDay: perDay ?? null,', 'perDay: null,'),
];

export const ROUTE_BUGS: Bug[] = [
  ...ORDER,
  ...ROUNDS,
  ...WAITS,
  ...CHILDREN,
  ...CORRECTIONS,
  ...CLOCKS,
  ...DOORS,
];
