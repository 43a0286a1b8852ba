/** What must not be seen: secrets of settings, made easy to find, and values of an input that tell of a person. */
import { compileForOwner } from '../../schema/validate.ts';
import type { JsonObject } from '../contract.ts';
import { settingsOf } from './schemas.ts';
import type { Subject } from './subject.ts';
import { leavesOf, nameOf } from './values.ts';

/** Shorter values stand in a text by chance. */
const LONG_ENOUGH = 6;

/** Names of settings that are secret. */
export function secretNames({ adapter }: Subject): string[] {
  const marked = settingsOf(adapter.settings).filter(([, schema]) => schema['writeOnly'] === true);
  return marked.map(([name]) => name);
}

/** Each secret becomes a text that stands nowhere else, where its schema takes one; else it stays as the example has it. */
export function withCanaries(subject: Subject, settings: JsonObject): JsonObject {
  const holds = compileForOwner(subject.adapter.settings);
  let made = settings;
  for (const name of secretNames(subject)) {
    const canary = `canary-${name}-7f3a9c51`;
    const other = { ...made, [name]: canary };
    if (typeof settings[name] === 'string' && holds(other).length === 0) made = other;
  }
  return made;
}

export function secretsIn(subject: Subject, settings: JsonObject): [name: string, value: string][] {
  return secretNames(subject).flatMap((name) => {
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

/** As it is, percent-encoded, in base64 or in hex. */
export function shows(text: string, value: string): boolean {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ];
  return forms.some((form) => text.includes(form));
}
