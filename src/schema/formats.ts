/** What the field's own numbers, times and codes look like: pure checks, registered as JSON Schema formats. */
import { hasProvince } from './regions.ts';

/** What a NIK says of the day its owner was registered with. The century is not in it. */
export interface NikParts {
  /** `61.12.01`: where it was first registered, not where its owner lives. */
  district: string;
  day: number;
  month: number;
  /** Two digits. */
  year: number;
  sex: 'male' | 'female';
}

/** Women's day of birth is written with 40 added. */
const FEMALE_DAY = 40;

/** Reads a NIK (16 digits PPRRDD ddmmyy ssss, no check digit), or null when it is none. */
export function readNik(text: string): NikParts | null {
  if (!/^\d{16}$/.test(text) || !hasProvince(text)) return null;
  const [regency, district, days, serial] = [
    text.slice(2, 4),
    text.slice(4, 6),
    text.slice(6, 8),
    text.slice(12),
  ];
  if (regency === '00' || district === '00' || serial === '0000') return null;
  const sex = Number(days) > FEMALE_DAY ? 'female' : 'male';
  const day = Number(days) - (sex === 'female' ? FEMALE_DAY : 0);
  const month = Number(text.slice(8, 10));
  const year = Number(text.slice(10, 12));
  // 2000 was a leap year, so a year of `00` may have a 29 February.
  if (!isDay(2000 + year, month, day)) return null;
  return { district: `${text.slice(0, 2)}.${regency}.${district}`, day, month, year, sex };
}

export const isNik = (text: string): boolean => readNik(text) !== null;

/** 16 digits of a region and a day of issue; older cards keep to less, so only the province is held. */
export const isFamilyCard = (text: string): boolean => /^\d{16}$/.test(text) && hasProvince(text);

/** `61`, `61.12`, `61.12.01`, `61.12.01.2001` (Permendagri 58/2021). */
export const isRegion = (text: string): boolean =>
  /^\d{2}(\.\d{2}(\.\d{2}(\.[1-3]\d{3})?)?)?$/.test(text) && hasProvince(text);

/**
 * A tax number of 15 or 16 digits, with or without dots and hyphens. The old form and `0` before it end their serial
 * with a Luhn digit; a person's 16 digits are the NIK (PMK 112/2022).
 */
export function isNpwp(text: string): boolean {
  if (!/^\d[\d.-]{13,22}\d$/.test(text)) return false;
  const digits = text.replace(/[.-]/g, '');
  if (digits.length === 15) return passesLuhn(digits.slice(0, 9));
  if (digits.length !== 16) return false;
  return digits.startsWith('0') ? passesLuhn(digits.slice(0, 10)) : isNik(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** E.164, or an Indonesian number that begins with 0 or 62; spaces, hyphens and brackets may part it. */
export function isPhone(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(normalisePhone(text));
}

/** `0812…` and `62812…` become `+62812…`; what is no such number comes back without its separators. */
export function normalisePhone(text: string): string {
  const bare = text.replace(/[ ()-]/g, '');
  if (/^0[1-9]\d{5,12}$/.test(bare)) return `+62${bare.slice(1)}`;
  return /^62\d{6,13}$/.test(bare) ? `+${bare}` : bare;
}

/**
 * Digits only, and 16 of them where that is known: an organisation's 15 gain a leading 0. A person's 15 stay, for they
 * turn into the NIK, which they do not tell.
 */
export function normaliseNpwp(text: string, partyType: 'person' | 'organization'): string {
  const digits = text.replace(/[.-]/g, '');
  return digits.length === 15 && partyType === 'organization' ? `0${digits}` : digits;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month !== 2 || day < 29 || isLeap;
}

/** A full-date of RFC 3339 that exists, 1900 to 2199. */
export function isDate(text: string): boolean {
  const found = /^(19\d\d|2[01]\d\d)-(\d\d)-(\d\d)$/.exec(text);
  return found !== null && isDay(Number(found[1]), Number(found[2]), Number(found[3]));
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$/;

/** A date-time of RFC 3339 in capitals, without leap second, 1900 to 2199, offset within 14 hours. */
export function isDateTime(text: string): boolean {
  return text[10] === 'T' && isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
}
