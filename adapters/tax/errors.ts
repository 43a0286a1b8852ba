/** The error table: the registers' codes, the life of a bill, and what HTTP says when a body says nothing. */
import type { ErrorRow } from '../../src/adapter-kit/contract.ts';
import { rowsOf } from './codes.ts';
import { BILLING_CODES, STATUS_CODES } from './taxpayer-codes.ts';

const OWN: ErrorRow[] = [
  {
    signal: 'status 04 / errorCode 02, of a number that breaks its own rules',
    is: 'refused',
    code: 'TAX_NUMBER_INVALID',
    meaning: {
      id: 'NPWP salah ketik: angka pemeriksa atau tanggal lahirnya tidak mungkin. Pemohon menulisnya ulang.',
      en: 'The tax number is mistyped: its check digit or birth date cannot be. The applicant writes it again.',
    },
  },
  {
    signal: 'statusWp DE',
    is: 'refused',
    code: 'TAX_NUMBER_DELETED',
    meaning: {
      id: 'NPWP sudah dihapus. Pemohon ke kantor pajak.',
      en: 'The tax number was deleted. The applicant goes to the tax office.',
    },
  },
  {
    signal: 'status EXPIRED of a bill',
    is: 'refused',
    code: 'BILL_EXPIRED',
    meaning: {
      id: 'Kode billing kedaluwarsa tanpa dibayar. Buat yang baru.',
      en: 'The billing code expired unpaid. Make a new one.',
    },
  },
  {
    signal: 'status CANCELLED of a bill',
    is: 'refused',
    code: 'CANCELLED',
    meaning: { id: 'Tagihan dibatalkan.', en: 'The bill was cancelled.' },
  },
  {
    signal: 'errorCode 10 to a question, before a billing code is known',
    is: 'retry',
    code: 'NOT_RECEIVED',
    meaning: {
      id: 'Tagihan tidak pernah sampai; dikirim lagi bila jawaban ini sudah dapat dipercaya.',
      en: 'The bill never arrived; it is sent again once this answer can be believed.',
    },
  },
  {
    signal: 'nominal other than asked for',
    is: 'unknown',
    code: 'AMOUNT_DIFFERS',
    meaning: {
      id: 'Jumlah pada tagihan lain dari yang diminta. Petugas memeriksanya.',
      en: 'The bill is of another amount than was asked for. An officer looks into it.',
    },
  },
  {
    signal: 'a code that this table does not hold',
    is: 'unknown',
    code: 'UNLISTED_CODE',
    meaning: {
      id: 'Kode yang belum dikenal. Tambahkan ke tabel.',
      en: 'A code not known yet. Add it to the table.',
    },
  },
];

/** The same, where the route has what is not valid sent back. */
const SENT_BACK: ErrorRow[] = rowsOf('status', STATUS_CODES).map((row) => ({
  ...row,
  signal: `${row.signal}, of onInvalid sendBack`,
  is: 'sendBack',
}));

const BY_HTTP: ErrorRow[] = [
  {
    signal: 'HTTP 401 or 403 without a code; 400 to the request for a token',
    is: 'away',
    code: 'AUTH_FAILED',
    meaning: {
      id: 'Kunci, token, atau tanda tangan ditolak. Operator memeriksa pengaturan.',
      en: 'Key, token or signature refused. The operator checks the settings.',
    },
  },
  {
    signal: 'HTTP 429',
    is: 'retry',
    code: 'RATE_LIMITED',
    meaning: { id: 'Terlalu banyak permintaan; dicoba lagi.', en: 'Too many requests; tried again.' },
  },
  {
    signal: 'HTTP 503',
    is: 'retry',
    code: 'AGENCY_UNAVAILABLE',
    meaning: { id: 'Layanan sedang tidak ada; dicoba lagi.', en: 'Out of service; tried again.' },
  },
  {
    signal: 'HTTP 429 to a question',
    is: 'unknown',
    code: 'RATE_LIMITED',
    meaning: { id: 'Pertanyaan tidak terjawab; ditanyakan lagi.', en: 'A question not heard; asked again.' },
  },
  {
    signal: 'HTTP 503 to a question',
    is: 'unknown',
    code: 'AGENCY_UNAVAILABLE',
    meaning: { id: 'Pertanyaan tidak terjawab; ditanyakan lagi.', en: 'A question not heard; asked again.' },
  },
  {
    signal: 'HTTP 500',
    is: 'unknown',
    code: 'HTTP_500',
    meaning: { id: 'Mungkin sudah dikerjakan; ditanyakan dahulu.', en: 'Perhaps done; asked about first.' },
  },
  {
    signal: 'HTTP 504',
    is: 'unknown',
    code: 'HTTP_504',
    meaning: { id: 'Mungkin sudah dikerjakan; ditanyakan dahulu.', en: 'Perhaps done; asked about first.' },
  },
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
  ...rowsOf('status', STATUS_CODES),
  ...SENT_BACK,
  ...rowsOf('errorCode', BILLING_CODES),
  ...OWN,
  ...BY_HTTP,
];
