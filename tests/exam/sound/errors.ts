/** The office's signals in canonical words. */
import type { ErrorRow } from '../../../src/adapter-kit/contract.ts';

const row = (signal: string, is: ErrorRow['is'], code: string, id: string, en: string): ErrorRow => ({
  ...{ signal, is, code },
  meaning: { id, en },
});

export const errors: readonly ErrorRow[] = [
  row('NIK_UNKNOWN', 'refused', 'NIK_NOT_FOUND', 'NIK tidak dikenal.', 'The NIK is not known.'),
  row('404 NO_SUCH_REQUEST', 'retry', 'NOT_RECEIVED', 'Tidak pernah sampai.', 'It never arrived.'),
  row('401', 'away', 'AUTH_FAILED', 'Akses ditolak.', 'Access is refused.'),
  row('429', 'retry', 'RATE_LIMITED', 'Terlalu banyak.', 'Too many requests.'),
  row('503', 'retry', 'AGENCY_UNAVAILABLE', 'Sedang tutup.', 'Closed for now.'),
  row('500', 'unknown', 'HTTP_500', 'Gagal.', 'It failed.'),
  row('unreadable', 'unknown', 'BAD_RESPONSE', 'Tidak terbaca.', 'It cannot be read.'),
];
