/** A route test's agencies and people as a script. */
import { parseDuration } from '../../domain/duration.ts';
import type { Act } from '../acts.ts';
import { parseCondition } from '../conditions.ts';
import type { Habits } from '../habits.ts';
import type { ScriptItem } from '../script.ts';
import { amountOf } from '../words.ts';
import type { AgencyItem, PersonItem, RouteTest, Timing } from './types.ts';

/** Of a test that was checked. */
export function scriptOf({ agencies = [], people = [] }: RouteTest): ScriptItem[] {
  return [...agencies.map((item) => ({ act: agencyAct(item), ...timing(item) })), ...people.map(personItem)];
}

export function habitsOf({ habits = {} }: RouteTest): Partial<Habits> {
  const span = (text: string): number | null => (text === 'never' ? null : parseDuration(text));
  return {
    ...(habits.pay !== undefined && { payMs: span(habits.pay) }),
    ...(habits.decide !== undefined && { decideMs: span(habits.decide) }),
  };
}

function timing({ at, when, after }: Timing, usually?: string): Omit<ScriptItem, 'act'> {
  const condition = when ?? (at === undefined ? usually : undefined);
  return {
    ...(at !== undefined && { at: parseDuration(at) }),
    ...(condition !== undefined && { when: parseCondition(condition)! }),
    ...(after !== undefined && { after: parseDuration(after) }),
  };
}

function agencyAct({
  step,
  agency,
  fault,
  of = 'send',
  times = 1,
  value,
  body,
  act,
  with: detail,
}: AgencyItem): Act {
  if (fault !== undefined) {
    const more = {
      ...(value !== undefined && { value: amountOf(value) }),
      ...(body !== undefined && { body }),
    };
    return { is: 'fault', step: step!, kind: fault, times, of, ...more };
  }
  const whose = agency === undefined ? { step: step! } : { id: agency };
  return { is: 'agency', agency: whose, act: act!, with: detail ?? {} };
}

function personItem(item: PersonItem): ScriptItem {
  const { act, usually } = personAct(item);
  const { refused } = item;
  return { act, ...timing(item, usually), ...(refused !== undefined && { refused }) };
}

function personAct(item: PersonItem): { act: Act; usually?: string } {
  const { pay, decide, correct, withdraw, cancel, retry, newRound, resolve } = item;
  if (pay !== undefined)
    return { act: { is: 'pay', step: pay, detail: item.with ?? {} }, usually: `${pay} is waitingPayment` };
  if (decide !== undefined) {
    const act: Act = { is: 'decide', step: decide, by: item.by ?? 'officer', decision: said(item) };
    return { act, usually: `${decide} is waitingOfficer` };
  }
  if (correct !== undefined) {
    const changes = Object.entries(correct).map(([pointer, value]) => ({ pointer, value }));
    return {
      act: { is: 'correct', changes, documents: item.documents ?? [] },
      usually: 'application is waitingApplicant',
    };
  }
  if (withdraw !== undefined) return { act: { is: 'withdraw', reason: withdraw } };
  if (cancel !== undefined) return { act: { is: 'cancel', reason: cancel } };
  if (retry !== undefined) return { act: { is: 'retry', step: retry, body: {} } };
  if (newRound !== undefined) return { act: { is: 'newRound', step: newRound, body: {} } };
  return { act: { is: 'resolve', step: resolve!, body: said(item) } };
}

/** What was decided or found out. */
function said({ as, output, code, corrections }: PersonItem): { [key: string]: never } {
  const whole = {
    as,
    ...(output !== undefined && { output }),
    ...(code !== undefined && { code }),
    ...(corrections !== undefined && { corrections }),
    // Who approves without a word fills nothing in.
    ...((as === 'approved' || as === 'succeeded') && output === undefined && { output: {} }),
  };
  return whole as unknown as { [key: string]: never };
}
