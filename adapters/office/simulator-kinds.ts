/** What the stand-in knows by kind: sensible facts for each office that the example mall has. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';

const DAY_MS = 86_400_000;
/** In whole rupiah: a family car of 2020. */
const PKB = 1_850_000;
/** PMK 16/PMK.010/2017: compulsory accident contribution of a car, its card included. */
const SWDKLLJ = 143_000;
/** Retribution of a small shop's building approval, by the formula of PP 16/2021. */
const BUILDING_LEVY = 2_400_000;
/** PMA 20/2019 article 3 (as the catalogue has it): asked for within 10 working days, the sub-district has to allow it. */
const NOTICE_WORKING_DAYS = 10;

const BLOCKS: Record<string, JsonObject> = {
  'TRAFFIC-FINES': {
    reason: 'VEHICLE_BLOCKED',
    text: 'Denda tilang elektronik nomor 9901-000001, Rp500.000',
  },
  STR: { reason: 'STR_INACTIVE' },
  SKP: { reason: 'SKP_INSUFFICIENT' },
  'MARRIAGE-STATUS': { reason: 'STILL_MARRIED', text: 'Masih terikat perkawinan menurut catatan KUA' },
  'PREMARITAL-HEALTH': { reason: 'NO_LETTER', text: 'Surat sehat calon pengantin tidak ditemukan' },
  'PRACTICE-PLACE': { reason: 'NOT_LICENSED', text: 'Tempat praktik belum berizin' },
};

/** Undefined for kinds that nothing blocks. */
export const blockOf = (kind: string): JsonObject | undefined => BLOCKS[kind];

/** Kinds that end in a paper. */
const LETTERS = new Set(['PERMIT-DRAFT', 'RECOMMENDATION', 'MARRIAGE-BOOK']);
export const hasLetter = (kind: string): boolean => LETTERS.has(kind);

/** Kinds that can be let go of after they were granted, for nothing has been issued by them. */
const HOLDS = new Set([
  'CEREMONY-SLOT',
  'RECOMMENDATION',
  'PERMIT-DRAFT',
  'TECHNICAL-CHECK',
  'BUILDING-ASSESSMENT',
]);
export const isHold = (kind: string): boolean => HOLDS.has(kind);

export function factsOf(asked: JsonObject, now: number): JsonObject {
  const fields = (asked['fields'] ?? {}) as JsonObject;
  switch (asked['kind']) {
    case 'VEHICLE':
      return { ownerMatches: true, make: 'Contoh', year: 2020, colour: 'hitam' };
    case 'TRAFFIC-FINES':
      return { open: 0 };
    case 'PKB':
      return { amount: PKB, validUntil: dayOf(now + 365 * DAY_MS) };
    case 'SWDKLLJ':
      return { amount: SWDKLLJ };
    case 'CEREMONY-SLOT':
      return slotFacts(String(fields['ceremonyAt'] ?? ''), String(fields['place'] ?? 'office'), now);
    case 'BUILDING-ASSESSMENT':
      return { levy: BUILDING_LEVY };
    case 'SKP':
      return { credits: 40 };
    case 'STR':
      return { active: true };
    default:
      return {};
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Office hours are those of the place itself: its wall clock stands in the text. */
function slotFacts(ceremonyAt: string, place: string, now: number): JsonObject {
  const at = Date.parse(ceremonyAt);
  const [date = '', time = ''] = ceremonyAt.split('T');
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const isWorking = weekday >= 1 && weekday <= 5 && time >= '08:00' && time < '15:00';
  return {
    inOffice: place === 'office' && isWorking,
    dispensation: Number.isNaN(at) || workingDays(now, at) < NOTICE_WORKING_DAYS,
    place: 'KUA Contoh',
  };
}

function workingDays(from: number, to: number): number {
  let count = 0;
  for (let at = from + DAY_MS; at <= to && count < 1_000; at += DAY_MS) {
    const weekday = new Date(at).getUTCDay();
    if (weekday >= 1 && weekday <= 5) count += 1;
  }
  return count;
}
