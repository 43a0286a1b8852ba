/** What the stand-in's queue knows of each kind of application: its ticket, where news of it goes, and what it issues. */
import type { JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';
import { object, text } from './values.ts';

const DAY_MS = 86_400_000;
/** Western Indonesian time is UTC+7 all year. */
const WIB_MS = 7 * 3_600_000;
/** How long a move letter holds here; the law's own term is unverified. */
const LETTER_DAYS = 100;

/** All that a number is made of. */
export interface Making {
  sent: JsonObject;
  /** From 1. */
  count: number;
  now: number;
}

export interface QueueKind {
  prefix: string;
  effect: string;
  news: string;
  title: string;
  /** Fields without which the form is incomplete. */
  needs: string[];
  /** `untilUsed`: also when it was issued; `never`: a civil record. */
  cancels: 'untilIssued' | 'untilUsed' | 'never';
  make(making: Making): JsonObject;
}

const day = (ms: number): string => new Date(ms + WIB_MS).toISOString().slice(0, 10);
const turned = (date: string): string => date.split('-').toReversed().join('');
/** Counted down from serial 9999, as all that is synthetic. */
const serial = (count: number): string => String(10_000 - count).padStart(4, '0');
const cardNumber = ({ count }: Making): string => `990101010126${serial(count)}`;
const certificate =
  (word: string) =>
  ({ count, now }: Making): JsonObject => {
    return { number: `9901-${word}-${turned(day(now))}-${serial(count)}` };
  };

/** Day plus 40 for girls, month, year of two digits. */
function childNik(child: JsonValue | undefined, count: number): string {
  const { birthDate, sex } = object(child ?? null);
  const [year = '', month = '', date = ''] = text(birthDate).split('-');
  const shifted = Number(date) + (text(sex) === 'female' ? 40 : 0);
  return `990101${String(shifted).padStart(2, '0')}${month}${year.slice(2)}${serial(count)}`;
}

const card = (
  title: string,
  news: string,
  more: Pick<QueueKind, 'prefix' | 'effect' | 'needs'>,
): QueueKind => ({
  ...{ title, news, cancels: 'untilIssued', ...more },
  make: (making) => ({ number: cardNumber(making) }),
});

/** By form and event. */
export const KINDS: Record<string, QueueKind> = {
  'F-1.02': card('Kartu Keluarga', '/news', { prefix: 'KK', effect: 'familyCard', needs: ['reason'] }),
  'F-1.02 marriage': card('Kartu Keluarga', '/news/marriage', {
    ...{ prefix: 'KAWIN', effect: 'marriageRecord', needs: ['husband', 'wife', 'marriageBookNumber'] },
  }),
  'F-1.02 identityCard': {
    ...card('KTP-el', '/news/identityCard', {
      prefix: 'KTP',
      effect: 'identityCard',
      needs: ['kind', 'nik'],
    }),
    make: ({ count }) => ({ number: `KTP-9901-${serial(count)}` }),
  },
  'F-2.01 birth': {
    ...{ prefix: 'LAHIR', effect: 'birthRecord', news: '/news/birth', title: 'Akta Kelahiran' },
    ...{ needs: ['child', 'motherNik', 'familyCardNumber'], cancels: 'never' },
    make: (making) => ({
      ...certificate('LU')(making),
      nik: childNik(making.sent['child'], making.count),
    }),
  },
  'F-2.01 death': {
    ...{ prefix: 'MATI', effect: 'deathRecord', news: '/news/death', title: 'Akta Kematian' },
    ...{ needs: ['nik', 'deathDate', 'reporterNik'], cancels: 'never', make: certificate('KM') },
  },
  'F-2.01 correction': {
    ...{ prefix: 'BETUL', effect: 'certificateCorrection', news: '/news/correction', title: 'Kutipan Akta' },
    ...{ needs: ['certificateNumber', 'field', 'oldValue', 'newValue'], cancels: 'never' },
    make: ({ sent, count, now }) => ({
      number: text(sent['certificateNumber']),
      noteNumber: `9901-CP-${turned(day(now))}-${serial(count)}`,
    }),
  },
  'F-1.03 moveOut': {
    ...{ prefix: 'PINDAH', effect: 'moveLetter', news: '/news/moveOut', title: 'SKPWNI' },
    ...{ needs: ['nik', 'address', 'reason'], cancels: 'untilUsed' },
    make: (making) => ({
      number: `SKPWNI/9901/${turned(day(making.now))}/${serial(making.count)}`,
      validUntil: day(making.now + LETTER_DAYS * DAY_MS),
      ...(making.sent['stayingHead'] !== undefined && { familyCardNumber: cardNumber(making) }),
    }),
  },
  'F-1.03 moveIn': {
    ...{ prefix: 'DATANG', effect: 'moveIn', news: '/news/moveIn', title: 'Surat Keterangan Pindah Datang' },
    ...{ needs: ['nik', 'letterNumber', 'address'], cancels: 'untilIssued', make: certificate('DATANG') },
  },
};
