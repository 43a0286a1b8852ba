/** OSS's codes in a NIB message, in canonical words; a code that is not listed has none. */
import type { JsonValue } from '../../src/adapter-kit/contract.ts';
import { text } from './values.ts';

type Words = Readonly<Record<string, string>>;

function wordOf(words: Words, value: JsonValue | undefined): string | undefined {
  const code = text(value).toUpperCase();
  return Object.hasOwn(words, code) ? words[code] : undefined;
}

/** Lampiran 31. */
const SCALES: Words = { '01': 'micro', '02': 'small', '03': 'medium', '04': 'large' };
/** OSS's pages name the field and not its codes; these are the ones in use (unverified). */
const RISKS: Words = { R: 'low', MR: 'mediumLow', MT: 'mediumHigh', T: 'high' };
/** Lampiran 27. */
const KINDS: Words = {
  '01': 'basic',
  '02': 'license',
  '04': 'standardCertificate',
  K02: 'standardRequirement',
  K03: 'supporting',
};
const AUTHORITIES: Words = { '00': 'centre', '01': 'province', '02': 'regency' };
/** Lampiran 2, as far as the canonical schema has a word for it. */
const LEGAL_FORMS: Words = {
  '01': 'PT',
  '02': 'CV',
  '07': 'koperasi',
  '10': 'yayasan',
  '17': 'perorangan',
  '26': 'PT',
  '28': 'desa',
  '29': 'desa',
};

export const scaleOf = (value: JsonValue | undefined): string | undefined => wordOf(SCALES, value);
export const riskOf = (value: JsonValue | undefined): string | undefined => wordOf(RISKS, value);
export const kindOf = (value: JsonValue | undefined): string | undefined => wordOf(KINDS, value);
export const authorityOf = (value: JsonValue | undefined): string | undefined => wordOf(AUTHORITIES, value);
export const legalFormOf = (value: JsonValue | undefined): string | undefined => wordOf(LEGAL_FORMS, value);
