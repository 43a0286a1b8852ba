/** Part 5: secrets stay in headers and bodies; personal data stays out of codes, addresses, errors and excerpts. */
import { compileForOwner } from '../../schema/validate.ts';
import { excerptsOf } from './privacy-excerpts.ts';
import { reachOf } from './coverage-reach.ts';
import type { Call, Example, JsonObject, JsonValue, Outcome } from '../contract.ts';
import type { CoverageRow, Notes } from './report.ts';
import { codesOf } from './examples.ts';
import { settingsOf } from './schemas.ts';
import {
  conversionOf,
  exchangeId,
  givenBy,
  messageOf,
  type Given,
  type NamedExample,
  type Subject,
} from './subject.ts';
import { general, leavesOf, nameOf } from './values.ts';

/** Shorter values stand in a text by chance. */
const LONG_ENOUGH = 6;

export async function examinePrivacy(subject: Subject, rows: CoverageRow[], notes: Notes): Promise<void> {
  for (const one of subject.examples) {
    const given = { ...givenBy(one.example) };
    const call = { ...given.call, settings: withCanaries(subject, given.call.settings) };
    await lookFor(subject, one, { ...given, call }, notes);
  }
  await examineUrls(subject, rows, notes);
  await examineExcerpts(subject, notes);
  notes.fact(`${namesOf(subject).length} secret settings, ${subject.examples.length} examples`);
}

/** Names of settings that are secret. */
function namesOf({ adapter }: Subject): string[] {
  const marked = settingsOf(adapter.settings).filter(([, schema]) => schema['writeOnly'] === true);
  return marked.map(([name]) => name);
}

/** Each secret becomes a text that stands nowhere else, where its schema takes one; else it stays as the example has it. */
export function withCanaries(subject: Subject, settings: JsonObject): JsonObject {
  const holds = compileForOwner(subject.adapter.settings);
  let made = settings;
  for (const name of namesOf(subject)) {
    const canary = `canary-${name}-7f3a9c51`;
    const other = { ...made, [name]: canary };
    if (typeof settings[name] === 'string' && holds(other).length === 0) made = other;
  }
  return made;
}

function secretsIn(subject: Subject, settings: JsonObject): [name: string, value: string][] {
  return namesOf(subject).flatMap((name) => {
    const value = settings[name];
    return typeof value === 'string' && value.length >= LONG_ENOUGH
      ? [[name, value] as [string, string]]
      : [];
  });
}

/** Fields that tell of a person, by their canonical names. */
const PERSONAL_NAME =
  /^(?:.*nik|npwp|familyCardNumber|(?:.*[a-z])?phone|email|(?:full|payer|mother|father|owner|given|family|person)Name|name|birth(?:Date|Place)|address|street|(?:passport|participant|bpjs|card|account)(?:Number|No))$/i;

/** Personal values of an input, by pointer. */
export function personalIn(input: JsonObject): Map<string, string> {
  const all = [...leavesOf(input)].filter(([at]) => PERSONAL_NAME.test(nameOf(at)));
  return new Map(
    all.map(([at, value]) => [at, String(value)] as const).filter(([, text]) => text.length >= LONG_ENOUGH),
  );
}

async function lookFor(
  subject: Subject,
  { file, example }: NamedExample,
  given: Given,
  notes: Notes,
): Promise<void> {
  const secrets = secretsIn(subject, given.call.settings);
  const personal = personalIn(given.input);
  const conversion = conversionOf(subject.adapter, example)!;
  const seen = (text: string): string | undefined => secrets.find(([, value]) => shows(text, value))?.[0];
  try {
    const request = await conversion.request(given.input, given.call);
    if (!('pending' in request)) {
      const name = seen(`${request.path} ${JSON.stringify(request.query ?? {})}`);
      if (name !== undefined)
        notes.fail(
          'secret_in_url',
          exchangeId(example),
          `The setting ${name} stands in the address (${file})`,
          'Send it in a header or the body: addresses are logged all along the way',
        );
    }
    const outcome = await conversion.reply(given.wire, given.input, given.call);
    const name = seen(JSON.stringify(outcomeParts(outcome)));
    if (name !== undefined)
      notes.fail(
        'secret_in_outcome',
        exchangeId(example),
        `The setting ${name} stands in the outcome (${file})`,
        'Take outcomes from the reply, never from settings',
      );
    if (codesOf(outcome).some((code) => [...personal.values()].some((value) => shows(code, value))))
      notes.fail(
        'personal_in_code',
        exchangeId(example),
        `A code holds a value of the input (${file})`,
        'Codes are a closed list of your own words',
      );
  } catch {
    // The examples part has told of it.
  }
  await provoke(subject, example, given, notes);
}

/** All that is kept or told of an outcome. What `more` carries lives for one exchange only. */
function outcomeParts(outcome: Outcome): JsonValue {
  if (outcome.is !== 'more') return outcome as unknown as JsonValue;
  const { path, query = {} } = outcome.request;
  return { path, query };
}

/** As it is, percent-encoded, in base64 or in hex. */
function shows(text: string, value: string): boolean {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ];
  return forms.some((form) => text.includes(form));
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

const IN_URL = /^\S+(?: then)? \/(?:path|query\/)/;

/** Personal fields stand in an address only where the agency wants them, and the operation says so. */
async function examineUrls(subject: Subject, rows: CoverageRow[], notes: Notes): Promise<void> {
  for (const [name, { inUrl = {} }] of Object.entries(subject.adapter.operations)) {
    const found = await urlFields(subject, name, rows);
    for (const [field, place] of found) {
      if (!Object.hasOwn(inUrl, field))
        notes.fail(
          'personal_in_url',
          `${name} ${field}`,
          `It stands in an address: ${place}`,
          'Send it in the body, or declare it in "inUrl" with the reason',
        );
    }
    for (const field of Object.keys(inUrl)) {
      if (!found.has(field))
        notes.fail(
          'in_url_not_true',
          `${name} ${field}`,
          '"inUrl" declares it, and it stands in no address',
          'Remove it from "inUrl"',
        );
    }
  }
}

async function urlFields(
  subject: Subject,
  operation: string,
  rows: CoverageRow[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const places = new Map(
    rows.filter((row) => row.operation === operation).map(({ field, where }) => [field, where]),
  );
  for (const { example } of subject.examples) {
    if (example.operation !== operation) continue;
    const reach = await reachOf(subject.adapter, example, givenBy(example));
    for (const [at, value] of personalIn(example.input)) {
      const field = general(at);
      for (const [place, text] of reach ?? []) {
        const follows = places.get(field)?.includes(general(place)) === true;
        if (IN_URL.test(place) && follows && text.includes(value)) found.set(field, place);
      }
    }
  }
  return found;
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
