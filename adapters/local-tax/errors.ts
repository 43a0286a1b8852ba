/** The error table: every profile's codes, what the connector concludes itself, and what HTTP says without a code. */
import type { ErrorRow } from '../../src/adapter-kit/contract.ts';
import {
  ARREARS,
  NO_ACCESS,
  NO_OBJECT,
  NOT_RECEIVED,
  OTHER_AMOUNT,
  OTHER_PERSON,
  PAID_BEFORE,
  PAYER_UNKNOWN,
  TOO_LATE,
  UNLISTED,
  UNPAID_DUTY,
  WRONG_REFERENCE,
} from './meanings.ts';
import { profiles } from './profiles/index.ts';

const OWN: ErrorRow[] = [
  { signal: 'a bill that is not paid, where mustBePaid is asked', ...ARREARS },
  { signal: 'STATUS or Lunas T', ...UNPAID_DUTY },
  { signal: 'NIK other than asked about', ...OTHER_PERSON },
  { signal: 'already paid, under another reference than ours', ...PAID_BEFORE },
  { signal: 'already paid, without a reference', ...PAYER_UNKNOWN },
  { signal: 'a bill found open when asked what became of its payment', ...NOT_RECEIVED },
  { signal: 'an amount booked other than paid', ...OTHER_AMOUNT },
  { signal: 'a reversal asked for after the day of the payment', ...TOO_LATE },
  { signal: 'path: a paid bill, to be reversed without its NTPD', ...WRONG_REFERENCE },
  {
    signal: 'soap: 03 with Kekurangan',
    is: 'sendBack',
    code: 'TAX_UNDERPAID',
    meaning: {
      id: 'BPHTB kurang bayar. Pemohon membayar kekurangannya, dan langkah ini berjalan lagi dengan jumlah itu.',
      en: 'The transfer duty is underpaid. The applicant pays the rest, and the step runs again with that amount.',
    },
  },
  { signal: 'a code that the profile’s table does not hold', ...UNLISTED },
];

const again = { id: 'dicoba lagi', en: 'tried again' };
const unheard = {
  id: 'Pertanyaan tidak terjawab; ditanyakan lagi.',
  en: 'A question not heard; asked again.',
};
const perhaps = {
  id: 'Mungkin sudah dikerjakan; ditanyakan dahulu.',
  en: 'Perhaps done; asked about first.',
};

const BY_HTTP: ErrorRow[] = [
  { signal: 'HTTP 401 or 403 without a code, or no token for our user and password', ...NO_ACCESS },
  {
    signal: 'HTTP 429',
    is: 'retry',
    code: 'RATE_LIMITED',
    meaning: { id: `Terlalu banyak permintaan; ${again.id}.`, en: `Too many requests; ${again.en}.` },
  },
  {
    signal: 'HTTP 503',
    is: 'retry',
    code: 'AGENCY_UNAVAILABLE',
    meaning: { id: `Layanan sedang tidak ada; ${again.id}.`, en: `Out of service; ${again.en}.` },
  },
  { signal: 'HTTP 429 to a question', is: 'unknown', code: 'RATE_LIMITED', meaning: unheard },
  { signal: 'HTTP 503 to a question', is: 'unknown', code: 'AGENCY_UNAVAILABLE', meaning: unheard },
  { signal: 'an expired token with a question', is: 'unknown', code: 'TOKEN_EXPIRED', meaning: unheard },
  { signal: 'an object not found when asked what became of its payment', ...NO_OBJECT, is: 'unknown' },
  { signal: 'HTTP 500', is: 'unknown', code: 'HTTP_500', meaning: perhaps },
  { signal: 'HTTP 504', is: 'unknown', code: 'HTTP_504', meaning: perhaps },
  {
    signal: 'anything that cannot be read',
    is: 'unknown',
    code: 'BAD_RESPONSE',
    meaning: {
      id: 'Jawaban tidak terbaca. Operator melihat cuplikannya.',
      en: 'The answer cannot be read. The operator looks at its excerpt.',
    },
  },
];

export const errors: ErrorRow[] = [
  ...Object.values(profiles).flatMap((profile) => profile.errors),
  ...OWN,
  ...BY_HTTP,
];
