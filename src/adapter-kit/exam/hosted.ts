/** Part 7: what the agency sends is read or refused, never swallowed whole, and every case has an answer. */
import { checked } from '../../domain/outcome.ts';
import { parseMessage } from '../../wire/message.ts';
import type { Hosted, HostedCall, HostedMessage, JsonObject, JsonValue } from '../contract.ts';
import { tools } from '../tools.ts';
import { capped, isTooSlow } from './capped.ts';
import type { Heard } from './effects/stage.ts';
import { answerAll } from './hosted-answers.ts';
import { CANARY, spoilt, wrongForms } from './hostile-forms.ts';
import type { Notes } from './report.ts';
import { messageOf, type Subject } from './subject.ts';
import { isObject } from './values.ts';

const LONGEST_REASON = 200;
/** Messages for which every case is answered. */
const MOST_MESSAGES = 6;

export async function examineHosted(subject: Subject, heard: Heard[], notes: Notes): Promise<void> {
  const entries = Object.entries(subject.adapter.hosted ?? {});
  for (const [name, entry] of entries) {
    const call = hostedCall(subject);
    const messages = await readAll(name, entry, await formsFor(subject, entry, heard), call, notes);
    await answerAll(subject, name, entry, messages.slice(0, MOST_MESSAGES), call, notes);
    const seen = messages.length === 0 ? ', no message that it would take' : '';
    notes.fact(`${name}: read and answered${seen}`);
  }
  if (entries.length === 0) notes.fact('the agency calls nothing of ours');
}

function hostedCall({ examples, secrets }: Subject): HostedCall {
  const { simulator: _, ...ours } = secrets;
  const first = examples[0]?.example;
  const settings: JsonObject = { ...first?.settings, ...ours };
  return { settings, now: first?.call.now ?? '2026-01-15T02:30:05.000Z', tools };
}

/** As the bus reads it; what it cannot read stays text. */
async function genuineForm({ body, headers: given }: Heard): Promise<Form> {
  const named = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]);
  const headers = Object.fromEntries(named) as Form['headers'];
  const read = parseMessage(headers['content-type'] ?? '', Buffer.from(body));
  return { body: await read.catch(() => body), headers, isGenuine: true };
}

/** What is put before an entry. */
interface Form {
  body: JsonValue;
  headers: Record<string, string>;
  /** The stand-in sent it. */
  isGenuine: boolean;
}

async function formsFor(subject: Subject, { path }: Hosted, heard: Heard[]): Promise<Form[]> {
  const genuine = await Promise.all(heard.filter((one) => one.path.split('?')[0] === path).map(genuineForm));
  const bent = genuine.flatMap(({ body, headers }) =>
    spoilt(body).map((one) => ({ body: one, headers, isGenuine: false })),
  );
  return [
    ...genuine,
    ...bent,
    ...wrongForms(subject).map((body) => ({ body, headers: {}, isGenuine: false })),
  ];
}

/** The messages that it took, each once. */
async function readAll(
  name: string,
  entry: Hosted,
  forms: Form[],
  call: HostedCall,
  notes: Notes,
): Promise<HostedMessage[]> {
  const taken = new Map<string, HostedMessage>();
  const { path, method = 'POST' } = entry;
  const where = `hosted ${name}`;
  for (const { body, headers, isGenuine } of forms) {
    try {
      const message: HostedMessage = await capped(() =>
        entry.read({ method, path, query: {}, headers, body }, call),
      );
      const wrong = wrongIn(message);
      if (wrong === null) taken.set(JSON.stringify(message), message);
      else
        notes.fail(
          'message_malformed',
          where,
          `Its message has ${wrong}`,
          'Give an id, a key of digits, a reference, and an outcome of the eight',
        );
    } catch (error) {
      judgeReason(where, error, isGenuine, notes);
      if (isTooSlow(error)) break;
    }
  }
  return 'grants' in entry ? [] : [...taken.values()];
}

function judgeReason(where: string, error: unknown, isGenuine: boolean, notes: Notes): void {
  const reason = messageOf(error);
  if (!(error instanceof Error))
    notes.fail(
      'throws_no_error',
      where,
      'It throws something that is no Error',
      'Throw new Error with a short reason',
    );
  else if (isTooSlow(error)) notes.fail('never_ends', where, reason, 'Look at loops and regular expressions');
  else if (reason.includes(CANARY))
    notes.fail(
      'value_in_reason',
      where,
      'A reason says a value of the body',
      'Name the field, never what stood in it',
    );
  else if (reason.length > LONGEST_REASON)
    notes.fail(
      'reason_too_long',
      where,
      `A reason has ${reason.length} characters`,
      'Say in a few words what is wrong',
    );
  else if (isTypeError(error))
    notes.warn(
      'read_breaks',
      where,
      `It breaks on a form that it did not expect (${error.name})`,
      'Look at every value before you take it for what it should be',
    );
  if (isGenuine)
    notes.fail(
      'genuine_refused',
      where,
      `It refuses what the stand-in sends: ${reason.slice(0, LONGEST_REASON)}`,
      'Mend read, or the simulator',
    );
}

/** What the engine throws, not the author. */
function isTypeError(error: Error): boolean {
  return /^(?:Type|Reference|Range|Internal)Error$/.test(error.name);
}

/** What is wrong with a message, or null. */
function wrongIn(message: unknown): string | null {
  if (!isObject(message)) return 'no form of a message';
  const { id, key, reference, content, outcome, application } = message;
  if (typeof id !== 'string' || id === '') return 'no id';
  if (key !== undefined && (typeof key !== 'string' || key === '')) return 'a key that is no text';
  if (reference !== undefined && (typeof reference !== 'string' || reference === ''))
    return 'a reference that is no text';
  if (content !== undefined && !isObject(content)) return 'a content that is no object';
  if (application !== undefined && !isObject(application)) return 'an application that is no object';
  if (outcome === undefined) return null;
  const is = isObject(outcome) ? outcome['is'] : null;
  return checked(outcome).is === is ? null : 'an outcome that the bus would not take';
}
