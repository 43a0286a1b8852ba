/** What the API shows: rows turned into the documented objects, times as RFC 3339. */
import { messageNow } from '../console/status.ts';
import { applicationText, awaited } from '../domain/messages/states.ts';
import { voicesOf } from '../domain/messages/voices.ts';
import type { LocalizedText } from '../domain/outcome.ts';
import type { Step } from '../domain/step.ts';
import { correctorOf, type Corrector } from '../desk/corrector.ts';
import type { Desk, Shown } from '../desk/look.ts';
import type { Related } from '../desk/related.ts';
import type { Summary } from '../flow/ports/ledger-desk.ts';
import { surveyToken } from '../flow/survey-token.ts';
import type { AttemptRow, DocumentRow } from '../flow/ports/ledger.ts';
import { agencyTitle, standingOf } from './standing.ts';

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function summaryView({ acceptedAt, promisedAt, endedAt, ...row }: Summary): object {
  return {
    ...row,
    stateText: applicationText(row.state),
    acceptedAt: time(acceptedAt),
    promisedAt: time(promisedAt),
    endedAt: time(endedAt),
  };
}

export function applicationView(
  { view, steps, items, documents, attempts, result, related }: Shown,
  desk: Desk,
): object {
  const {
    id,
    number,
    platform,
    site,
    service,
    channel,
    state,
    acceptedAt,
    promisedAt,
    endedAt,
    version,
    ending,
  } = view.application;
  return {
    ...summaryView({ id, number, platform, site, service, channel, state, acceptedAt, promisedAt, endedAt }),
    serviceTitle: view.plan.service.title,
    serviceVersion: view.plan.service.version,
    routeVersion: view.plan.route.version,
    clientReference: view.body['clientReference'],
    version,
    ...(ending && { ending }),
    message: messageNow(standingOf(view, desk)),
    ...surveyView(view, desk),
    awaiting: steps.map((step) => awaitingOf(step, desk)).filter((one) => one !== null),
    steps: steps.map((step) => stepView(step, desk, attempts)),
    items: items.map(({ id: item, step, kind, code, openedAt }) => ({
      ...{ id: item, step, kind, code, openedAt, text: officerText(code, desk) },
      ...correctedBy(correctorOf(desk, view.plan, { step, kind })),
    })),
    documents: documents.map(documentView),
    result,
    related: related.map(relatedView),
  };
}

function relatedView({ relation, application }: Related): object {
  const { id, number, service, state } = application;
  return { relation, id, number, service, state, stateText: applicationText(state) };
}

/** As a field, where there is one. */
export const correctedBy = (corrector: Corrector | undefined): { correctedBy?: Corrector } =>
  corrector ? { correctedBy: corrector } : {};

/** What an officer is told of a code: in the bus's own words, else in those of the adapter that lists it. */
export function officerText(code: string, { registry: { adapters } }: Desk): LocalizedText {
  const errors = adapters.flatMap(({ name, errors: rows = [] }) =>
    rows.filter((row) => row.code === code).map((row) => ({ adapter: name, ...row })),
  );
  return voicesOf(code, errors)?.officer ?? { id: code, en: code };
}

function surveyView({ application }: Shown['view'], desk: Desk): object {
  const token = surveyToken(desk.vault, application, desk.clock.now());
  return token === null ? {} : { survey: { token, path: `/v1/surveys/${token}` } };
}

/** Who has to move, since when, and by when. */
function awaitingOf(step: Step, desk: Desk): object | null {
  const found = awaited(step.state, agencyTitle(step, desk));
  if (!found) return null;
  return {
    step: step.name,
    agency: step.agency,
    ...found,
    since: time(step.since),
    until: time(step.timeoutAt),
  };
}

function stepView(step: Step, desk: Desk, attempts: AttemptRow[]): object {
  const { name, agency, operation, state, code, round, since, dueAt, secret } = step;
  const scheduled =
    (state === 'ready' || state === 'unknown') && step.attempts > 0 && step.leaseUntil === null;
  return {
    ...{
      name,
      agency,
      agencyTitle: agencyTitle(step, desk),
      operation,
      state,
      code,
      round,
      key: step.key,
      attempts: step.attempts,
    },
    since: time(since),
    ...(scheduled && { nextAttemptAt: time(dueAt) }),
    ...(secret.reference !== undefined && { reference: secret.reference }),
    ...(secret.shown && { shown: secret.shown }),
    ...(secret.output && { output: secret.output }),
    ...(secret.corrections && { corrections: secret.corrections }),
    ...(secret.text !== undefined && { agencyText: secret.text }),
    history: attempts.filter((one) => one.step === name).map(attemptView),
  };
}

/** Wire excerpts stay sealed: they are for an engineer with the key file, not for the API. */
function attemptView({
  round,
  number,
  kind,
  tryKey,
  at,
  endedAt,
  outcome,
  code,
  status,
}: AttemptRow): object {
  return { round, number, kind, tryKey, at, endedAt, outcome, code, status };
}

export function documentView({ name, type, size, at }: Omit<DocumentRow, 'wrappedKey'>): object {
  return { documentId: name, mediaType: type, sizeBytes: size, at };
}
