/** What the gateway's signals mean in canonical words. */
import type { ErrorRow } from '../../src/adapter-kit/contract.ts';

export const errors: readonly ErrorRow[] = [
  {
    signal: 'REFUSED',
    is: 'refused',
    code: 'NOT_ELIGIBLE',
    meaning: {
      id: 'Polri tidak menerbitkan SKCK untuk pemohon; tanyakan ke loket Polri.',
      en: 'The police issue no certificate to this applicant; ask at their counter.',
    },
  },
  {
    signal: 'CANCELLED',
    is: 'refused',
    code: 'CANCELLED',
    meaning: { id: 'Permohonan telah dibatalkan.', en: 'The request was cancelled.' },
  },
  {
    signal: '409 ALREADY_ISSUED',
    is: 'refused',
    code: 'ALREADY_ISSUED',
    meaning: {
      id: 'SKCK sudah terbit dan tidak dapat dibatalkan.',
      en: 'The certificate has been issued and cannot be cancelled.',
    },
  },
  {
    signal: '422 PHOTO_UNREADABLE',
    is: 'sendBack',
    code: 'DOC_UNREADABLE',
    meaning: {
      id: 'Pas foto tidak terbaca; pemohon mengunggah ulang.',
      en: 'The photo cannot be used; the applicant sends another.',
    },
  },
  {
    signal: '404 NOT_FOUND to a question',
    is: 'retry',
    code: 'NOT_RECEIVED',
    meaning: {
      id: 'Permohonan tidak pernah sampai; dikirim lagi.',
      en: 'The request never arrived; it is sent again.',
    },
  },
  {
    signal: '401, 403',
    is: 'away',
    code: 'AUTH_FAILED',
    meaning: { id: 'Kunci API ditolak; periksa apiKey.', en: 'The API key is refused; check apiKey.' },
  },
  {
    signal: '429',
    is: 'retry',
    code: 'RATE_LIMITED',
    meaning: { id: 'Terlalu banyak permintaan; dicoba lagi.', en: 'Too many requests; tried again later.' },
  },
  {
    signal: '503',
    is: 'retry',
    code: 'AGENCY_UNAVAILABLE',
    meaning: {
      id: 'Gerbang Polri sedang tutup; dicoba lagi.',
      en: 'The gateway takes nothing in now; tried again.',
    },
  },
  {
    signal: '500',
    is: 'unknown',
    code: 'HTTP_500',
    meaning: {
      id: 'Gerbang gagal; hasilnya ditanyakan dahulu.',
      en: 'The gateway failed; it is asked what became of the request.',
    },
  },
  {
    signal: '504',
    is: 'unknown',
    code: 'HTTP_504',
    meaning: {
      id: 'Gerbang tidak menjawab pada waktunya; hasilnya ditanyakan dahulu.',
      en: 'The gateway was too slow; it is asked what became of the request.',
    },
  },
  {
    signal: 'anything that cannot be read',
    is: 'unknown',
    code: 'BAD_RESPONSE',
    meaning: {
      id: 'Jawaban tidak terbaca; hasilnya ditanyakan dahulu.',
      en: 'The answer cannot be read; it is asked what became of the request.',
    },
  },
];
