/** Checks cases: that each can be reached, has what its outcome needs, and takes nothing unreadable for an answer. */
import { suggest } from '../../config/finding.ts';
import { compileExpression, ExpressionError } from '../../domain/expression.ts';
import { STANDARD_CODES } from './adapter.ts';
import type { CasePlan, ErrorPlan, ExchangeName, When } from './document.ts';
import type { Desk, Path } from './desk.ts';
import { FUNCTIONS } from './functions.ts';

type Where = ExchangeName | 'news';

const ALLOWED: Record<Where, string[]> = {
  send: ['ok', 'refused', 'sendBack', 'pending', 'retry', 'unknown', 'away', 'more'],
  inquiry: ['ok', 'refused', 'sendBack', 'pending', 'retry', 'unknown', 'away', 'more'],
  compensation: ['ok', 'refused', 'retry', 'unknown', 'away', 'more'],
  news: ['ok', 'refused', 'sendBack', 'pending'],
};
/** Fields besides `when` and `is`: those an outcome must have, and those it may. */
const FIELDS: Record<string, { must: string[]; may: string[] }> = {
  ok: { must: [], may: ['output', 'documents'] },
  refused: { must: ['code'], may: ['text'] },
  sendBack: { must: ['corrections'], may: [] },
  pending: { must: [], may: ['reference', 'shown', 'awaits', 'until'] },
  retry: { must: ['code'], may: ['afterSeconds'] },
  unknown: { must: ['code'], may: [] },
  away: { must: ['code'], may: ['until'] },
  more: { must: ['request'], may: ['carry'] },
};

export function checkCases(desk: Desk): void {
  const { operations, cases = {}, hosted = {}, errors = [] } = desk.document;
  for (const [name, plan] of Object.entries(operations)) {
    const at: Path = ['operations', name];
    checkList(desk, plan.reply, [...at, 'reply'], 'send');
    if (plan.inquiry) checkList(desk, plan.inquiry.reply, [...at, 'inquiry', 'reply'], 'inquiry');
    if (plan.compensation) {
      checkList(desk, plan.compensation.reply, [...at, 'compensation', 'reply'], 'compensation');
    }
  }
  for (const [name, list] of Object.entries(cases)) {
    checkList(desk, list, ['cases', name], null);
    list.forEach(({ use }, at) => {
      if (use === undefined) return;
      const message = 'A shared list takes no other list';
      desk.report(['cases', name, at, 'use'], 'nested_use', message, 'Write its cases out');
    });
  }
  for (const [name, { read }] of Object.entries(hosted)) {
    checkList(desk, read.outcome, ['hosted', name, 'read', 'outcome'], 'news');
  }
  errors.forEach((row, at) => checkRow(desk, row, ['errors', at]));
}

/** `where` is null for a shared list, which is checked again wherever it is used. */
function checkList(desk: Desk, list: CasePlan[], path: Path, where: Where | null): void {
  list.forEach((plan, at) => {
    const place = [...path, at];
    if (plan.use !== undefined) return checkUse(desk, plan, place, where);
    if (plan.is === undefined) {
      return desk.report([...place, 'is'], 'missing_field', 'is is missing', 'Add is, or use');
    }
    if (where !== null) checkPlace(desk, plan, place, where);
    checkFields(desk, plan, place);
    checkEvidence(desk, plan, place, where);
    if (plan.when === undefined && at < list.length - 1) {
      const message = 'It always holds, so that those after it are never reached';
      desk.report(place, 'unreachable', message, 'Add when, or put it last');
    }
  });
}

function checkUse(desk: Desk, plan: CasePlan, place: Path, where: Where | null): void {
  const { cases = {} } = desk.document;
  const { use = '', ...rest } = plan;
  const list = Object.hasOwn(cases, use) ? cases[use] : undefined;
  if (!list) {
    const fix = suggest(use, Object.keys(cases));
    return desk.report([...place, 'use'], 'unknown_cases', `No cases ${use}`, fix);
  }
  if (Object.keys(rest).length > 0) {
    desk.report([...place, 'use'], 'use_alone', 'Nothing may stand beside use', 'Write a case of its own');
  }
  if (where === null) return;
  for (const one of list) {
    if (one.is !== undefined) checkPlace(desk, one, [...place, 'use'], where);
    if (where === 'inquiry') checkEvidence(desk, one, [...place, 'use'], where);
  }
}

function checkPlace(desk: Desk, { is }: CasePlan, place: Path, where: Where): void {
  if (is === undefined || ALLOWED[where].includes(is)) return;
  const fix = `Allowed: ${ALLOWED[where].join(', ')}`;
  desk.report(place, 'misplaced_case', `${where === 'news' ? 'News' : where} cannot say ${is}`, fix);
}

function checkFields(desk: Desk, plan: CasePlan, place: Path): void {
  const known = FIELDS[plan.is!];
  if (!known) return;
  for (const name of known.must) {
    if (Object.hasOwn(plan, name)) continue;
    desk.report([...place, name], 'missing_field', `${plan.is} needs ${name}`, `Add ${name}`);
  }
  for (const name of Object.keys(plan)) {
    if (['when', 'is', ...known.must, ...known.may].includes(name)) continue;
    const fix = `Take it out, or write another outcome than ${plan.is}`;
    desk.report([...place, name], 'unknown_field', `${plan.is} has no ${name}`, fix);
  }
  if (plan.code !== undefined) checkCode(desk, plan.code, place);
}

function checkCode(desk: Desk, code: string, place: Path): void {
  const { errors = [] } = desk.document;
  if (STANDARD_CODES.has(code) || errors.some((row) => row.code === code)) return;
  const message = `The error table does not say what ${code} means`;
  const fix = `Add a row to errors: signal, is, code: ${code}, meaning`;
  desk.report([...place, 'code'], 'unexplained_code', message, fix);
}

function checkRow(desk: Desk, row: ErrorPlan, place: Path): void {
  const { must, may } = FIELDS[row.is] ?? { must: [], may: [] };
  for (const name of ['text', 'corrections', 'until', 'afterSeconds']) {
    if (!Object.hasOwn(row, name) || [...must, ...may].includes(name)) continue;
    desk.report([...place, name], 'unknown_field', `${row.is} has no ${name}`, 'Take it out');
  }
}

/** Answers that end or repeat a step must show themselves in the body: a gateway's page must never pass for one. */
function checkEvidence(desk: Desk, plan: CasePlan, place: Path, where: Where | null): void {
  const isAnswer = plan.is === 'ok' || plan.is === 'pending' || (plan.is === 'retry' && where === 'inquiry');
  if (!isAnswer || where === 'news' || !desk.isSure(place) || isShown(plan)) return;
  const what = plan.is === 'retry' ? 'it never arrived' : 'success';
  desk.report(
    [...place, ...(place.at(-1) === 'use' ? [] : ['when'])],
    'unproved_case',
    plan.when === undefined
      ? `${plan.is} without when: anything at all would pass for ${what}`
      : `A gateway's page would pass for ${what}: nothing in the body is looked at`,
    'Say in when what stands in the body: { status: 200, at: /status, equals: DONE }',
  );
}

/** 204 and 205 have no body by their nature (RFC 9110 §15.3.5). */
const BARE = new Set([204, 205]);

function isShown({ when, is, reference, documents = [] }: CasePlan): boolean {
  if (when === undefined) return false;
  if (looks(when)) return true;
  // A reference that is promised must come, and bytes must be those of a document.
  if (is === 'pending' && reference !== undefined) return readsBody(reference);
  return is === 'ok' && documents.length > 0;
}

function looks(when: When): boolean {
  if (typeof when === 'string') return readsBody(when);
  const signals = [when].flat();
  if (signals.some(({ at }) => at !== undefined)) return true;
  const statuses = signals.flatMap(({ status }) => status ?? []);
  return statuses.length > 0 && statuses.every((status) => BARE.has(status));
}

function readsBody(text: string): boolean {
  try {
    return compileExpression(text, FUNCTIONS).reads.some(
      ([root, field]) => root === 'reply' && field === 'body',
    );
  } catch (error) {
    if (error instanceof ExpressionError) return true; // reported by itself
    throw error;
  }
}
