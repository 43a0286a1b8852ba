/** Every case has an answer in the agency's own format, and none tells a secret. */
import { checked } from '../../domain/outcome.ts';
import type { Hosted, HostedCall, HostedCase, HostedMessage } from '../contract.ts';
import { capped } from './capped.ts';
import { secretsOf } from './effects/stage.ts';
import type { Notes } from './report.ts';
import { messageOf, type Subject } from './subject.ts';
import { isObject } from './values.ts';

const LONGEST_SHOWN = 200;

export async function answerAll(
  subject: Subject,
  name: string,
  entry: Hosted,
  messages: HostedMessage[],
  call: HostedCall,
  notes: Notes,
): Promise<void> {
  const secrets = secretsOf(subject.adapter, call.settings);
  for (const one of [
    ...casesWithout(),
    ...messages.flatMap((message) => casesWith(subject, entry, message)),
  ]) {
    const where = `hosted ${name} ${one.is}`;
    try {
      const answer: unknown = await capped(() => entry.answer(one, call));
      const wrong = wrongInAnswer(answer);
      if (wrong !== null)
        notes.fail(
          'answer_malformed',
          where,
          `Its answer has ${wrong}`,
          'Give a status, headers of text and a body',
        );
      const text = JSON.stringify(answer);
      if (secrets.some((secret) => secret.length > 5 && text.includes(secret)))
        notes.fail(
          'secret_in_answer',
          where,
          'Its answer holds a secret of the settings',
          'Answer nothing that the agency has not sent',
        );
    } catch (error) {
      notes.fail(
        'answer_throws',
        where,
        `It throws: ${messageOf(error).slice(0, LONGEST_SHOWN)}`,
        'Answer every case in the agency’s own format',
      );
    }
  }
}

function casesWithout(): HostedCase[] {
  return [
    { is: 'badSignature', reason: 'the signature does not match' },
    { is: 'badForm', reason: 'the form is bad' },
    { is: 'busy' },
    { is: 'granted', token: 'exam-token', expiresInSeconds: 900 },
  ];
}

function casesWith({ examples }: Subject, entry: Hosted, message: HostedMessage): HostedCase[] {
  const operation = 'grants' in entry ? undefined : (entry.tells ?? entry.asks);
  const own = examples.filter(({ example }) => example.operation === operation).map(({ example }) => example);
  const done = own.find(({ outcome }) => outcome.is === 'ok')?.outcome;
  const output = done?.is === 'ok' ? done.output : {};
  const { input = {}, call } = own[0] ?? {};
  const step = { key: message.key ?? call?.key ?? '1', input, output };
  const states = (['open', 'done', 'closed'] as const).map((state): HostedCase => {
    const { reference } = message;
    return { is: 'found', message, step: { ...step, state, ...(reference !== undefined && { reference }) } };
  });
  return [
    ...states,
    { is: 'none', message },
    { is: 'conflict', message },
    { is: 'opened', message, number: '9901-01-26-000001-5' },
    { is: 'notOpened', message, problems: [{ pointer: '/applicant', code: 'missing_field' }] },
  ];
}

function wrongInAnswer(answer: unknown): string | null {
  if (!isObject(answer)) return 'no form of an answer';
  const { status, headers = {}, body, apply } = answer;
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) return 'no HTTP status';
  if (!isObject(headers) || Object.values(headers).some((one) => typeof one !== 'string'))
    return 'headers that are no text';
  if (body === undefined) return 'no body: null is one';
  if (apply === undefined) return null;
  return isObject(apply) && checked(apply).is === apply['is']
    ? null
    : 'an outcome that the bus would not take';
}
