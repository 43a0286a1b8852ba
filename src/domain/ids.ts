/** Ids and numbers: application numbers with a check digit, step ids, and the keys that agencies see. */
import type { Clock } from '../clock.ts';

/** `<application id>.<step name>`: what a bell carries. */
export function stepId(applicationId: string, name: string): string {
  return `${applicationId}.${name}`;
}

export function splitStepId(id: string): { applicationId: string; name: string } {
  const dot = id.indexOf('.');
  return { applicationId: id.slice(0, dot), name: id.slice(dot + 1) };
}

/** `6112-01-26-000123-7`: regency and site, year, serial, check digit. Readable over the phone, not personal. */
export function applicationNumber(siteCode: string, year: number, serial: number): string {
  const [, regency, site] = siteCode.split('-');
  const plain = `${regency}-${site}-${String(year % 100).padStart(2, '0')}-${String(serial).padStart(6, '0')}`;
  return `${plain}-${checkDigit(plain)}`;
}

export function isApplicationNumber(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}-\d{6,8}-\d$/.test(text) && checkDigit(text.slice(0, -2)) === text.at(-1);
}

/**
 * The reference that a receipt made offline bears: the device, its own serial, a check digit (`MU-6112-01-000123-7`).
 * The digit is over the digits of what comes before it.
 */
export function offlineReference(device: string, serial: number): string {
  const plain = `${device}-${String(serial).padStart(6, '0')}`;
  return `${plain}-${checkDigit(plain)}`;
}

export function isOfflineReference(text: string): boolean {
  return /^[A-Z][A-Z0-9-]{1,50}-\d{6,8}-\d$/.test(text) && checkDigit(text.slice(0, -2)) === text.at(-1);
}

/** ISO/IEC 7064 MOD 11,10 over the digits of a text: finds every single error and nearly every swap. */
export function checkDigit(text: string): string {
  let sum = 10;
  for (const digit of text.replaceAll(/\D/g, '')) {
    sum = (sum + Number(digit)) % 10 || 10;
    sum = (sum * 2) % 11;
  }
  return String((11 - sum) % 10);
}

/** 2020-01-01: keeps the time part of a key at 12 digits until 2051. */
const KEY_EPOCH_MS = 1_577_836_800_000;

/** 20 digits, one per round of a step: 12 of time, 8 of chance. The ledger refuses a second use. */
export function newKey(clock: Clock): string {
  const time = String(clock.now() - KEY_EPOCH_MS).padStart(12, '0');
  const chance = String(clock.random(6).readUIntBE(0, 6) % 100_000_000).padStart(8, '0');
  return time.slice(-12) + chance;
}

/** 24 digits, one per attempt of a round: the round's key and the attempt's number. */
export function tryKey(key: string, attempt: number): string {
  return key + String(attempt).padStart(4, '0');
}
