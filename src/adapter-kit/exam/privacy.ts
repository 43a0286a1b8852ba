/** Part 5: secrets stay in headers and bodies; personal data stays out of codes, addresses, errors and excerpts. */
import type { Call, Example, JsonObject, JsonValue, Outcome } from '../contract.ts';
import { codesOf } from './examples.ts';
import { excerptsOf } from './privacy-excerpts.ts';
import { examineUrls } from './privacy-urls.ts';
import { personalIn, secretNames, secretsIn, shows, withCanaries } from './privacy-values.ts';
import type { CoverageRow, Notes } from './report.ts';
import {
  conversionOf,
  exchangeId,
  givenBy,
  messageOf,
  type Given,
  type NamedExample,
  type Subject,
} from './subject.ts';
import { general } from './values.ts';

export async function examinePrivacy(subject: Subject, rows: CoverageRow[], notes: Notes): Promise<void> {
  for (const one of subject.examples) {
    const given = { ...givenBy(one.example) };
    const call = { ...given.call, settings: withCanaries(subject, given.call.settings) };
    await lookFor(subject, one, { ...given, call }, notes);
  }
  await examineUrls(subject, rows, notes);
  await examineExcerpts(subject, notes);
  notes.fact(`${secretNames(subject).length} secret settings, ${subject.examples.length} examples`);
}

async function lookFor(
  subject: Subject,
  { file, example }: NamedExample,
  given: Given,
  notes: Notes,
): Promise<void> {
  const { request, reply } = conversionOf(subject.adapter, example)!;
  try {
    lookAtRequest(subject, file, example, await request(given.input, given.call), given, notes);
    lookAtOutcome(subject, file, example, await reply(given.wire, given.input, given.call), given, notes);
  } catch {
    // The examples part has told of it.
  }
  await provoke(subject, example, given, notes);
}

function lookAtRequest(
  subject: Subject,
  file: string,
  example: Example,
  made: Example['request'],
  { call }: Given,
  notes: Notes,
): void {
  if ('pending' in made) return;
  const address = `${made.path} ${JSON.stringify(made.query ?? {})}`;
  const found = secretsIn(subject, call.settings).find(([, value]) => shows(address, value));
  if (!found) return;
  const message = `The setting ${found[0]} stands in the address (${file})`;
  const fix = 'Send it in a header or the body: addresses are logged all along the way';
  notes.fail('secret_in_url', exchangeId(example), message, fix);
}

function lookAtOutcome(
  subject: Subject,
  file: string,
  example: Example,
  outcome: Outcome,
  { input, call }: Given,
  notes: Notes,
): void {
  const where = exchangeId(example);
  const text = JSON.stringify(outcomeParts(outcome));
  const secret = secretsIn(subject, call.settings).find(([, value]) => shows(text, value));
  if (secret) {
    const message = `The setting ${secret[0]} stands in the outcome (${file})`;
    notes.fail('secret_in_outcome', where, message, 'Take outcomes from the reply, never from settings');
  }
  const personal = [...personalIn(input).values()];
  if (codesOf(outcome).some((code) => personal.some((value) => shows(code, value)))) {
    const fix = 'Codes are a closed list of your own words';
    notes.fail('personal_in_code', where, `A code holds a value of the input (${file})`, fix);
  }
}

/** All that is kept or told of an outcome. What `more` carries lives for one exchange only. */
function outcomeParts(outcome: Outcome): JsonValue {
  if (outcome.is !== 'more') return outcome as unknown as JsonValue;
  const { path, query = {} } = outcome.request;
  return { path, query };
}

/** Nothing that an adapter throws may hold a secret, or tell of a person. */
async function provoke(subject: Subject, example: Example, given: Given, notes: Notes): Promise<void> {
  const conversion = conversionOf(subject.adapter, example)!;
  const values = [
    ...secretsIn(subject, given.call.settings).map(([, value]) => value),
    ...personalIn(given.input).values(),
  ];
  const tries: (() => unknown)[] = [
    () => conversion.request({}, given.call),
    () => conversion.request(given.input, { ...given.call, settings: {} }),
    () => conversion.request(given.input, { ...given.call, key: '', now: '' } satisfies Call),
    ...ODD_BODIES.map((body) => () => conversion.reply({ ...given.wire, body }, given.input, given.call)),
    ...wrongTypes(given.input).map((input) => () => conversion.request(input, given.call)),
  ];
  for (const attempt of tries) {
    try {
      await attempt();
    } catch (error) {
      const message = messageOf(error);
      if (values.some((value) => shows(message, value)))
        notes.fail(
          'value_in_error',
          exchangeId(example),
          'An error that it throws holds a secret or a value of the input',
          'Throw an Error with fixed words',
        );
    }
  }
}

const ODD_BODIES: JsonValue[] = [null, 'text', 7, [], {}, { a: { b: [] } }];

/** The input with one text turned into what no adapter expects. */
function wrongTypes(input: JsonObject): JsonObject[] {
  return Object.keys(input).map((name) => ({ ...input, [name]: null }));
}

/** The record of an attempt keeps both ends of it: no secret in any form, no number of a person. */
async function examineExcerpts(subject: Subject, notes: Notes): Promise<void> {
  for (const { file, example } of subject.examples) {
    const settings = withCanaries(subject, structuredClone(example.settings));
    const excerpts = await excerptsOf(subject, example, settings);
    const text = excerpts.join('\n');
    const plain = `${text}\n${decodedParts(text)}`;
    const secret = secretsIn(subject, settings).find(([, value]) => shows(plain, value));
    if (secret)
      notes.fail(
        'secret_in_excerpt',
        exchangeId(example),
        `The setting ${secret[0]} stands in the record of an attempt (${file})`,
        'Send it as it is, or as base64 of itself alone: the bus masks those forms',
      );
    for (const [at, value] of personalIn(example.input)) {
      if (/^(?:\D*\d){10,}\D*$/.test(value) && text.includes(value))
        notes.fail(
          'personal_in_excerpt',
          `${exchangeId(example)} ${general(at)}`,
          `The number stands in the record of an attempt (${file})`,
          'Keep it whole and in digits: the bus masks those forms',
        );
    }
  }
}

/** Whatever was coded in base64 within a longer text. */
function decodedParts(text: string): string {
  const parts = text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? [];
  return parts.map((part) => Buffer.from(part, 'base64').toString('latin1')).join('\n');
}
