/** Tax numbers (NPWP): their forms since PMK 112/2022, the rules each keeps, and how many digits an agency wants. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';

/** A person's number is the NIK; anybody else's is the old one of 15 digits behind a `0`. */
export type TaxNumberForm = 'person' | 'entity' | 'old';

/** The rule that a number breaks. */
export type TaxNumberFault = 'length' | 'checkDigit' | 'province' | 'birthDate' | 'serial';

/** Kemendagri codes of the 38 provinces. */
const PROVINCES = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 ' +
    '71 72 73 74 75 76 81 82 91 92 93 94 95 96'
  ).split(' '),
);
/** A branch's number (NITKU) is its owner's 16 digits and 6 of its own. */
const BRANCH_DIGITS = 22;
/** Women's day of birth is written with 40 added. */
const FEMALE_DAY = 40;

/** Without the dots, hyphens and spaces that it is printed with. */
export function digitsOf(npwp: string): string {
  return npwp.replace(/[. -]/g, '');
}

export function formOf(digits: string): TaxNumberForm {
  if (digits.length === 15) return 'old';
  return digits.startsWith('0') ? 'entity' : 'person';
}

/** The first rule that it breaks, or null. */
export function faultOf(digits: string): TaxNumberFault | null {
  const owner = digits.length === BRANCH_DIGITS ? digits.slice(0, 16) : digits;
  if (!/^\d{15,16}$/.test(owner)) return 'length';
  const form = formOf(owner);
  if (form === 'person') return nikFault(owner);
  // The digit before the tax office's ends a serial of nine by Luhn's rule; the leading 0 changes no sum.
  return passesLuhn(owner.slice(0, form === 'old' ? 9 : 10)) ? null : 'checkDigit';
}

/** Whether a fault is beyond doubt: a list of provinces grows old. */
export function isImpossible(digits: string): boolean {
  const fault = faultOf(digits);
  return fault !== null && fault !== 'province';
}

/** NIK: province, regency, district, ddmmyy (women +40), serial; it has no check digit. */
function nikFault(nik: string): TaxNumberFault | null {
  if (!PROVINCES.has(nik.slice(0, 2))) return 'province';
  const told = Number(nik.slice(6, 8));
  const day = told > FEMALE_DAY ? told - FEMALE_DAY : told;
  if (!isDay(day, Number(nik.slice(8, 10)), Number(nik.slice(10, 12)))) return 'birthDate';
  return nik.endsWith('0000') ? 'serial' : null;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The century is not told: of both, 1900 had no 29 February and 2000 had one. */
function isDay(day: number, month: number, year: number): boolean {
  const last = DAYS[month - 1] ?? 0;
  return day >= 1 && day <= last && (month !== 2 || day < 29 || year % 4 === 0);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighed = place % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/**
 * As an agency wants it: 16 digits, or 15 where its registers are older (`taxNumberDigits`). An old number gains its
 * `0`, which is right for all but a person: his became the NIK, which it does not tell, so the register will not find
 * it. A NIK has no form of 15 digits and stays as it is. Of a branch its owner is asked about.
 */
export function asWanted(npwp: string, settings: JsonObject): string {
  const owner = digitsOf(npwp).slice(0, 16);
  if (settings['taxNumberDigits'] !== 15) return owner.length === 15 ? `0${owner}` : owner;
  return owner.length === 16 && owner.startsWith('0') ? owner.slice(1) : owner;
}
