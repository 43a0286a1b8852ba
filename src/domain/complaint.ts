/** Complaints about an application: of what, how soon they are answered, and whose desk they lie on. */
import type { Service } from './catalogue.ts';

export const CATEGORIES = [
  ...[
    'delay',
    'extraCharge',
    'discrimination',
    'procedure',
    'behaviour',
    'facility',
    'dataError',
    'privacy',
    'other',
  ],
] as const;
export type Category = (typeof CATEGORIES)[number];

/** Whether who answers, and who reads it elsewhere, learns of whom it is. */
export const IDENTITIES = ['named', 'confidential', 'anonymous'] as const;
export type Identity = (typeof IDENTITIES)[number];

export type Tier = 1 | 2 | 3;
/** Light, normative, under supervision: working days of offices whose standards are published (mpp-domain §2). */
const DAYS: readonly [number, number, number] = [2, 5, 14];

export const daysOf = ({ complaintDays = DAYS }: Pick<Service, 'complaintDays'>, tier: Tier): number =>
  complaintDays[tier - 1]!;

/** A charge that is not in the law is not looked into by the desk that may have asked for it. */
export const roleOf = (category: string): string =>
  category === 'extraCharge' ? 'inspectorate' : 'complaints';

/** Under what its items stand, where others name their step. */
export const placeOf = (n: number): string => `complaint-${n}`;

/** The service by which complaints go to the national channel. */
export const FORWARDING = 'MPP.PENGADUAN';
