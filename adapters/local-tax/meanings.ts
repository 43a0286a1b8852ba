/** What the canonical codes mean to people: one wording, whichever profile's signal led to it. */
import type { CodeRow } from './codes.ts';

const row = (is: CodeRow['is'], code: string, id: string, en: string): CodeRow => ({
  is,
  code,
  meaning: { id, en },
});

export const NO_OBJECT = row(
  'refused',
  'TAX_OBJECT_NOT_FOUND',
  'Objek pajak atau tagihan tidak terdaftar. Pemohon memeriksa NOP, tahun, atau kode bayarnya.',
  'No such tax object or bill. The applicant checks NOP, year or payment code.',
);
export const NO_NTPD = row(
  'refused',
  'NTPD_NOT_FOUND',
  'NTPD tidak ditemukan. Pemohon memeriksa bukti bayarnya.',
  'No such NTPD. The applicant checks the receipt.',
);
export const NO_RECORD = row(
  'refused',
  'TAX_RECORD_NOT_FOUND',
  'Data pajak tidak ditemukan untuk NOP dan bukti ini. Pemohon memeriksa keduanya.',
  'No record of this NOP with this receipt. The applicant checks both.',
);
export const WRONG_AMOUNT = row(
  'refused',
  'AMOUNT_MISMATCH',
  'Jumlah bayar tidak sama dengan tagihan. Tanyakan tagihan lagi, lalu bayar jumlahnya persis.',
  'The amount is not the bill’s. Ask for the bill again and pay exactly that.',
);
export const WRONG_DATE = row(
  'refused',
  'PAYMENT_DATE_INVALID',
  'Tanggal bayar tidak diterima, misalnya lebih baru dari jam kantor pajak. Operator memeriksa jam.',
  'The time of payment is not accepted, such as one later than the office’s clock. The operator checks the clocks.',
);
export const WRONG_REFERENCE = row(
  'refused',
  'REFERENCE_MISMATCH',
  'Nomor referensi bukan milik pembayaran itu. Petugas memeriksanya.',
  'The reference is not that payment’s. An officer looks into it.',
);
export const TOO_LATE = row(
  'refused',
  'OUT_OF_TIME',
  'Pembatalan hanya pada hari pembayaran. Petugas mengurus pengembalian ke kantor pajak.',
  'A reversal is possible on the day of the payment only. An officer asks the tax office for a refund.',
);
export const NOTHING_DUE = row(
  'refused',
  'NOTHING_TO_PAY',
  'Tagihan nol rupiah; tidak ada yang dibayar.',
  'The bill is of Rp0; there is nothing to pay.',
);
export const BAD_REQUEST = row(
  'refused',
  'BAD_REQUEST',
  'Permintaan tidak diterima bentuknya. Integrator memeriksa pengaturan dan rute.',
  'The form of the request is not accepted. The integrator checks settings and route.',
);
export const NO_ACCESS = row(
  'away',
  'AUTH_FAILED',
  'Nama pengguna, kata sandi, atau token ditolak. Operator memeriksa pengaturan.',
  'User, password or token refused. The operator checks the settings.',
);
export const STALE_TOKEN = row(
  'retry',
  'TOKEN_EXPIRED',
  'Token kedaluwarsa; diambil yang baru dan dicoba lagi.',
  'The token has expired; a new one is fetched and it is tried again.',
);
export const AT_WORK = row(
  'away',
  'AGENCY_MAINTENANCE',
  'Kantor pajak sedang pemeliharaan sistem.',
  'The tax office’s system is under maintenance.',
);
export const OFFICE_FAILED = row(
  'unknown',
  'AGENCY_ERROR',
  'Kesalahan di kantor pajak; mungkin sudah dibukukan. Ditanyakan dahulu.',
  'A fault at the tax office; it may have been booked. Asked about first.',
);
export const PAID_BEFORE = row(
  'refused',
  'ALREADY_PAID',
  'Tagihan sudah dibayar dengan referensi lain. Uang pemohon dikembalikan.',
  'The bill was paid under another reference. The applicant’s money goes back.',
);
export const PAYER_UNKNOWN = row(
  'unknown',
  'PAYER_UNKNOWN',
  'Tagihan sudah lunas, tetapi kantor pajak tidak menyebut oleh siapa. Petugas memeriksanya.',
  'The bill is paid and the tax office does not say by whom. An officer looks into it.',
);
export const UNPAID_DUTY = row(
  'refused',
  'TRANSFER_DUTY_UNPAID',
  'BPHTB dengan NTPD ini belum lunas. Pemohon melunasinya.',
  'The transfer duty of this NTPD is not paid in full. The applicant pays it.',
);
export const ARREARS = row(
  'refused',
  'PBB_ARREARS',
  'PBB tahun ini belum lunas. Pemohon melunasinya lalu mengajukan lagi.',
  'The property tax of this year is not paid. The applicant pays it and applies again.',
);
export const OTHER_PERSON = row(
  'refused',
  'DATA_MISMATCH',
  'Bukti bayar atas nama NIK lain. Pemohon memeriksanya.',
  'The receipt is of another NIK. The applicant checks it.',
);
export const NOT_RECEIVED = row(
  'retry',
  'NOT_RECEIVED',
  'Pembayaran tidak pernah sampai; dikirim lagi bila jawaban ini sudah dapat dipercaya.',
  'The payment never arrived; it is sent again once this answer can be believed.',
);
export const OTHER_AMOUNT = row(
  'unknown',
  'AMOUNT_DIFFERS',
  'Jumlah yang dibukukan lain dari yang dibayar. Petugas memeriksanya.',
  'Another amount was booked than was paid. An officer looks into it.',
);
export const UNLISTED = row(
  'unknown',
  'UNLISTED_CODE',
  'Kode yang belum dikenal. Tambahkan ke tabel.',
  'A code not known yet. Add it to the table.',
);
