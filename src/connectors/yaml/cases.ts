/** Reads what the agency said by an ordered list of cases: the first that holds gives the outcome. */
import type { IncomingDocument, JsonObject, Outcome } from '../../adapter-kit/contract.ts';
import type { CasePlan, CorrectionPlan, DocumentPlan, When } from './document.ts';
import { requestReading } from './request.ts';
import { fields, list, soon, type Soon } from './soon.ts';
import { objectReading, reading, textReading, wordOf, type Reading } from './values.ts';
import { holds, type ReplyScope } from './when.ts';

/** Null when the case holds and what it needs is not there: a reply nobody can read. */
type Build = (scope: ReplyScope) => Soon<Outcome | null>;

export interface Case {
  when: (scope: ReplyScope) => Soon<boolean>;
  build: Build;
}

/** Whether an output fits the operation's schema. */
export type Fits = (output: JsonObject) => boolean;

/** `is: ok` and the rest; a row of the error table is one too. */
export type OutcomePlan = Omit<CasePlan, 'use' | 'when'> & { when?: When };

export function caseOf(plan: OutcomePlan, fits: Fits): Case {
  return { when: holds(plan.when), build: BUILDERS[plan.is!](plan, fits) };
}

/** The outcome of the first case that holds; undefined when none does. */
export function firstOf(cases: readonly Case[], scope: ReplyScope, at = 0): Soon<Outcome | null | undefined> {
  for (let place = at; place < cases.length; place += 1) {
    const { when, build } = cases[place]!;
    const isMet = when(scope);
    if (isMet instanceof Promise) {
      return isMet.then((met) => (met ? build(scope) : firstOf(cases, scope, place + 1)));
    }
    if (isMet) return build(scope);
  }
  return undefined;
}

const BUILDERS: Record<Outcome['is'], (plan: OutcomePlan, fits: Fits) => Build> = {
  ok: buildOk,
  refused: buildRefused,
  sendBack: buildSendBack,
  pending: buildPending,
  retry: buildRetry,
  unknown: (plan) => () => ({ is: 'unknown', code: plan.code! }),
  away: buildAway,
  more: buildMore,
};

function buildOk({ output = {}, documents }: OutcomePlan, fits: Fits): Build {
  const read = objectReading(output);
  const incoming = documents?.map(documentReading);
  return (scope) =>
    soon(read(scope), (made): Soon<Outcome | null> => {
      if (!fits(made)) return null;
      if (!incoming) return { is: 'ok', output: made };
      const found = list(incoming.map((one) => one(scope)));
      return soon(found, (all) =>
        all.length < incoming.length ? null : { is: 'ok', output: made, documents: all },
      );
    });
}

function documentReading({ name, type, from }: DocumentPlan): Reading<IncomingDocument | undefined> {
  if (from === 'body' || 'pointer' in from) return () => ({ name, type, from });
  const url = reading(from.url);
  return (scope) =>
    soon(url(scope), (value) => {
      const word = wordOf(value);
      return word === undefined ? undefined : { name, type, from: { url: word } };
    });
}

function buildRefused({ code, text }: OutcomePlan): Build {
  const said = text === undefined ? undefined : reading(text);
  return (scope) =>
    fields<Outcome>({
      is: 'refused',
      code: code!,
      ...(said && { text: soon(said(scope), wordOf) }),
    } as never);
}

function buildSendBack({ corrections = [] }: OutcomePlan): Build {
  const readings = corrections.map(correctionReading);
  return (scope) =>
    soon(list(readings.map((one) => one(scope))), (made) => ({ is: 'sendBack', corrections: made }));
}

type Correction = Extract<Outcome, { is: 'sendBack' }>['corrections'][number];

function correctionReading({ documentId, ...rest }: CorrectionPlan): Reading<Correction> {
  if (documentId === undefined) return () => rest;
  const id = textReading(documentId);
  return (scope) => soon(id(scope), (found) => (found === undefined ? rest : { ...rest, documentId: found }));
}

function buildPending({ reference, shown, awaits, until }: OutcomePlan): Build {
  const name = reference === undefined ? undefined : reading(reference);
  const seen = shown && objectReading(shown);
  const end = until === undefined ? undefined : reading(until);
  return (scope) => {
    const made = fields<Extract<Outcome, { is: 'pending' }>>({
      is: 'pending',
      ...(name && { reference: soon(name(scope), wordOf) }),
      ...(seen && { shown: seen(scope) }),
      ...(awaits && { awaits }),
      ...(end && { until: soon(end(scope), wordOf) }),
    });
    // A reference that was promised and did not come: its news could never find the step.
    return soon(made, (outcome) => (name && outcome.reference === undefined ? null : outcome));
  };
}

function buildRetry({ code, afterSeconds }: OutcomePlan): Build {
  const after = afterSeconds === undefined ? undefined : reading(afterSeconds);
  return (scope) =>
    soon(after?.(scope), (value) => {
      const told = Number(value ?? scope.reply.headers['retry-after']);
      const isTold = Number.isFinite(told) && told >= 0;
      return { is: 'retry', code: code!, ...(isTold && { afterSeconds: told }) };
    });
}

function buildAway({ code, until }: OutcomePlan): Build {
  const end = until === undefined ? undefined : reading(until);
  return (scope) =>
    soon(end?.(scope), (value) => {
      const word = wordOf(value);
      return { is: 'away', code: code!, ...(word !== undefined && { until: word }) };
    });
}

function buildMore({ request, carry }: OutcomePlan): Build {
  const next = requestReading(request!);
  const handed = carry && objectReading(carry);
  return (scope) =>
    fields<Extract<Outcome, { is: 'more' }>>({
      is: 'more',
      request: next(scope),
      ...(handed && { carry: handed(scope) }),
    });
}
