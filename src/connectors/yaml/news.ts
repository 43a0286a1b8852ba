/** What the agency tells us: read as a reply is, answered in its own format. */
import type {
  HostedAnswer,
  HostedCase,
  HostedCall,
  HostedMessage,
  HostedNews,
  HostedRequest,
} from '../../adapter-kit/contract.ts';
import { caseOf, firstOf, type OutcomePlan } from './cases.ts';
import type { Scope } from '../../domain/expression.ts';
import type { AnswerPlan, ConnectorDocument, NewsPlan } from './document.ts';
import { expanded, fitting } from './exchange.ts';
import { fields, soon, type Soon } from './soon.ts';
import { objectReading, reading, wordOf, type Reading } from './values.ts';

/** What is answered unless the connector says otherwise; an agency commonly delivers again on 5xx. */
const ANSWERS: Record<HostedCase['is'], AnswerPlan> = {
  found: { status: 200, body: { status: "'ACCEPTED'" } },
  none: { status: 202, body: { status: "'KEPT'" } },
  conflict: { status: 409, body: { code: "'EVENT_ID_REUSED'" } },
  badSignature: { status: 401, body: { code: "'BAD_SIGNATURE'" } },
  badForm: { status: 400, body: { code: "'BAD_FORM'" } },
  busy: { status: 503, headers: { 'retry-after': '5' }, body: { code: "'BUSY'" } },
  opened: { status: 404, body: { code: "'NOT_FOUND'" } },
  notOpened: { status: 404, body: { code: "'NOT_FOUND'" } },
  granted: { status: 404, body: { code: "'NOT_FOUND'" } },
};

export function newsOf(plan: NewsPlan, document: ConnectorDocument): HostedNews {
  const { tells, path, method, proof, read, answer = {} } = plan;
  const answers = Object.entries({ ...ANSWERS, ...answer }).map(
    ([name, one]) => [name, answerReading(one)] as const,
  );
  const byCase = Object.fromEntries(answers) as Record<HostedCase['is'], Reading<HostedAnswer>>;
  return {
    ...{ tells, path, ...(method && { method }), ...(proof !== undefined && { proof }) },
    read: readerOf(read, tells, document),
    answer: (hosted, { now, settings }) =>
      soon(byCase[hosted.is]({ ...visible(hosted), now, settings }), (made) => applied(made, hosted)),
  };
}

function answerReading({ status, headers, body = {} }: AnswerPlan): Reading<HostedAnswer> {
  const read = reading(body);
  return (scope) =>
    soon(read(scope), (made) => ({ status, ...(headers && { headers }), body: made ?? null }));
}

/** The step's own state and the message, without what it tells. */
function visible(hosted: HostedCase): Scope {
  if (!('message' in hosted)) return {};
  const { outcome: _, ...message } = hosted.message;
  return { message, ...('step' in hosted && { step: hosted.step }) };
}

function applied(answer: HostedAnswer, hosted: HostedCase): HostedAnswer {
  if (hosted.is !== 'found' || !hosted.message.outcome) return answer;
  return { ...answer, apply: hosted.message.outcome };
}

function readerOf(
  plan: NewsPlan['read'],
  tells: string,
  document: ConnectorDocument,
): (request: HostedRequest, call: HostedCall) => Soon<HostedMessage> {
  const fits = fitting(document.operations[tells]!.output);
  const cases = expanded(plan.outcome, document).map((one) => caseOf(one as OutcomePlan, fits));
  const word = (text: string | undefined): Reading<string | undefined> => {
    if (text === undefined) return () => undefined;
    const read = reading(text);
    return (scope) => soon(read(scope), wordOf);
  };
  const [id, key, reference] = [word(plan.id), word(plan.key), word(plan.reference)];
  const content = plan.content && objectReading(plan.content);
  return ({ headers, body }, { settings }) => {
    const type = (headers['content-type'] ?? '').split(';')[0]!.trim();
    const scope = { settings, reply: { status: 200, headers, body, type } };
    const message = fields<Heard>({
      id: id(scope),
      key: key(scope),
      reference: reference(scope),
      ...(content && { content: content(scope) }),
      outcome: firstOf(cases, scope),
    });
    return soon(message, whole);
  };
}

/** Null: it holds a case, and not what that requires. */
type Heard = { [Name in keyof HostedMessage]?: HostedMessage[Name] | null | undefined };

function whole(message: Heard): HostedMessage {
  if (message.id === undefined) throw new Error('the id of the message is missing');
  if (message.key === undefined && message.reference === undefined) {
    throw new Error('neither key nor reference is there');
  }
  if (!message.outcome) throw new Error('what it tells, or what that requires, is missing');
  return message as HostedMessage;
}
