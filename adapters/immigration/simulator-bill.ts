/** What the stand-in asks for a passport: by kind, validity and speed, less the passport's own fee where it is waived. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';

/** PP 45/2024, whole rupiah, by kind and years. */
const FEES: Record<string, Record<number, number>> = {
  BIASA: { 5: 350_000, 10: 650_000 },
  ELEKTRONIK: { 5: 650_000, 10: 950_000 },
};
const SAME_DAY_FEE = 1_000_000;
const GROUNDS = ['CPMI', 'BEASISWA'];

/** Whether the passport that is asked for is one that there is. */
export const hasFee = ({ type, validity = 5 }: JsonObject): boolean =>
  FEES[String(type)]?.[Number(validity)] !== undefined;

export interface Charge {
  /** Whole rupiah; 0: nothing is to be paid. */
  amount: number;
  /** The number of the decision, or why there is no waiver; absent when none was asked for. */
  waiver?: { number: string } | { refused: string };
}

export function chargeFor(asked: JsonObject, nik: string, serial: string): Charge {
  const { type, validity = 5, speed } = asked;
  const own = FEES[String(type)]![Number(validity)]!;
  const sameDay = speed === 'PERCEPATAN' ? SAME_DAY_FEE : 0;
  if (asked['waiver'] === undefined) return { amount: own + sameDay };
  const refused = whyNot(asked, nik);
  return refused === null
    ? { amount: sameDay, waiver: { number: `BEBAS-${serial}` } }
    : { amount: own + sameDay, waiver: { refused } };
}

/** PP 45/2024 article 5: the regular passport, for five years, of who proves his ground; a migrant worker's first. */
function whyNot({ type, validity = 5, previousPassport, waiver }: JsonObject, nik: string): string | null {
  const { ground, letterNumber, proof } = waiver as JsonObject;
  if (!GROUNDS.includes(String(ground)) || nik.endsWith('9927')) return 'NOT_ENTITLED';
  if (typeof letterNumber !== 'string' || typeof proof !== 'string' || proof === '') return 'PROOF_MISSING';
  if (type !== 'BIASA' || validity !== 5) return 'NOT_COVERED';
  return ground === 'CPMI' && previousPassport !== undefined ? 'NOT_FIRST_PASSPORT' : null;
}
