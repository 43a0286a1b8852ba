/** The error table: SNAP's response codes as they stand in `response-cases.json`, and what we make of replies without one. */
import type { ErrorRow } from '../../src/adapter-kit/contract.ts';
import { responseCases, type Next } from './response-codes.ts';

const OUTCOMES: Record<Exclude<Next, 'done'>, ErrorRow['is']> = {
  refuse: 'refused',
  ask: 'unknown',
  retry: 'retry',
  renewToken: 'retry',
};

const ofSnap: ErrorRow[] = Object.entries(responseCases).flatMap(([key, { next, code, words, meaning }]) =>
  next === 'done' ? [] : [{ signal: `${key} ${words}`, is: OUTCOMES[next], code, meaning }],
);

function row(signal: string, is: ErrorRow['is'], code: string, id: string, en: string): ErrorRow {
  return { signal, is, code, meaning: { id, en } };
}

/** `latestTransactionStatus`, and answers that contradict each other. */
const ofStatus: ErrorRow[] = [
  row(
    'latestTransactionStatus 04',
    'refused',
    'PAYMENT_REFUNDED',
    'Uang sudah dikembalikan kepada pembayar.',
    'The money went back to the payer.',
  ),
  row(
    'latestTransactionStatus 05',
    'refused',
    'TRANSACTION_CANCELLED',
    'Transaksi dibatalkan.',
    'The transaction was cancelled.',
  ),
  row(
    'latestTransactionStatus 06',
    'refused',
    'PAYMENT_FAILED',
    'Pembayaran gagal; buat tagihan baru.',
    'The payment failed; make a new bill.',
  ),
  row(
    'latestTransactionStatus 01, past its time',
    'refused',
    'BILL_EXPIRED',
    'Masa berlaku habis sebelum dibayar; buat tagihan baru.',
    'It ran out before it was paid; make a new bill.',
  ),
  row(
    'latestTransactionStatus 07, or 404/01 to a question',
    'retry',
    'NOT_RECEIVED',
    'Permintaan tidak pernah sampai di bank; dikirim lagi.',
    'The request never reached the bank; it is sent again.',
  ),
  row(
    'latestTransactionStatus 07, or 404/01, of what the bank once knew',
    'unknown',
    'TRANSACTION_NOT_FOUND',
    'Bank tidak lagi mengenal transaksi yang pernah diterimanya; petugas memeriksa.',
    'The bank no longer knows what it once took; a person has to look.',
  ),
  row(
    'another amount than the bill',
    'unknown',
    'AMOUNT_DIFFERS',
    'Jumlah di bank lain dari tagihan; petugas memeriksa.',
    'The amount at the bank is not the bill’s; a person has to look.',
  ),
  row(
    'an account that was once there is not',
    'unknown',
    'VIRTUAL_ACCOUNT_GONE',
    'Virtual account hilang di bank dan tidak diketahui apakah dibayar; petugas memeriksa.',
    'The account is gone at the bank and nobody knows whether it was paid; a person has to look.',
  ),
];

const ofCodes: ErrorRow[] = [
  row(
    'qrContent is no sound QRIS code',
    'unknown',
    'QR_UNREADABLE',
    'Isi QRIS rusak dan tidak ditampilkan; diminta lagi.',
    'The QRIS code is broken and shown to nobody; it is asked for again.',
  ),
  row(
    'qrContent asks for another amount',
    'unknown',
    'QR_AMOUNT_DIFFERS',
    'Jumlah di dalam QRIS lain dari tagihan; tidak ditampilkan.',
    'The amount in the QRIS code is not the bill’s; it is shown to nobody.',
  ),
  row(
    'the code was made and its content is lost',
    'unknown',
    'QR_NOT_SHOWN',
    'QRIS ada di bank tetapi isinya tidak diberikan lagi; habis dengan sendirinya.',
    'The code is at the bank, which does not give it again; it runs out by itself.',
  ),
  row(
    'a code that the bank cannot cancel',
    'retry',
    'QR_STILL_OPEN',
    'Bank tidak dapat membatalkan QRIS; ditunggu sampai habis.',
    'The bank cannot cancel the code; it is waited for until it runs out.',
  ),
  row(
    'a charge that can be neither cancelled nor refunded yet',
    'retry',
    'CHARGE_STILL_OPEN',
    'Debit masih berjalan; pembatalan dicoba lagi.',
    'The charge is still under way; undoing it is tried again.',
  ),
];

/** Replies that carry no response code: a gateway before the bank, or a reply that is broken. */
const ofGateways: ErrorRow[] = [
  row(
    'no responseCode, or one of another service',
    'unknown',
    'UNREADABLE_REPLY',
    'Jawaban bank tidak terbaca; statusnya ditanyakan.',
    'The reply cannot be read; the status is asked.',
  ),
  row(
    'a responseCode that SNAP does not list',
    'unknown',
    'UNLISTED_RESPONSE',
    'Kode tidak dikenal; statusnya ditanyakan, integrator melapor.',
    'An unknown code; the status is asked, and the integrator reports it.',
  ),
  row(
    'HTTP 401 or 403 without a code; sign-in refused',
    'away',
    'AUTH_FAILED',
    'Bank menolak kunci atau alamat kami; integrator memeriksa pengaturan dan daftar IP.',
    'The bank refuses our key or address; the integrator checks settings and address list.',
  ),
  row('HTTP 503', 'retry', 'AGENCY_UNAVAILABLE', 'Bank sedang tidak melayani.', 'The bank is not serving.'),
  ...[408, 500, 502, 504].map((status) =>
    row(
      `HTTP ${status} without a code`,
      'unknown',
      `HTTP_${status}`,
      'Mungkin sudah diproses; statusnya ditanyakan.',
      'It may have been done; the status is asked.',
    ),
  ),
];

/** Money may have moved behind any 5xx of a charge, also one that the standard would have us repeat. */
const ofCharges: ErrorRow[] = [
  row(
    '500/01 to a charge',
    'unknown',
    'INTERNAL_SERVER_ERROR',
    'Gangguan di bank; uang mungkin sudah didebit, jadi statusnya ditanyakan.',
    'Trouble at the bank; the money may have been taken, so the status is asked.',
  ),
  row(
    'HTTP 503 to a charge',
    'unknown',
    'AGENCY_UNAVAILABLE',
    'Bank sedang tidak melayani; uang mungkin sudah didebit, jadi statusnya ditanyakan.',
    'The bank is not serving; the money may have been taken, so the status is asked.',
  ),
];

export const errors: readonly ErrorRow[] = [...ofSnap, ...ofStatus, ...ofCodes, ...ofCharges, ...ofGateways];
