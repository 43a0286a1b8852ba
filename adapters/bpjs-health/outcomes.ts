/** What a refusal of BPJS means: by its code, and for its one code of "no" by its words. */
import type { Call, ErrorRow, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { envelopeOf, wordsOf } from './envelope.ts';
import { BAD_RESPONSE } from './values.ts';

export const BAD_DECRYPT: Outcome = { is: 'unknown', code: 'BAD_DECRYPT' };

/** The agency's own words for "you have told us already", by what is told. */
const ALREADY = {
  booking: /duplikasi kode ?booking|kode ?booking [^.]{0,60}sudah (?:ada|terdaftar|digunakan)/i,
  task: /task ?id ?=? ?\d{1,2} sudah ada/i,
  cancelled: /sudah (?:di)?batal/i,
  visit: /sudah di-?entri|sudah terdaftar|sudah didaftarkan/i,
} as const;
/** Antrean has been seen to say it with 208, PCare with 401 and 412. */
const ALREADY_CODES = ['201', '208'];
const ALREADY_CODES_OF_VISITS = ['201', '401', '412'];

export function isThereAlready(wire: WireReply, what: keyof typeof ALREADY): boolean {
  return says(wire, ALREADY[what], what === 'visit' ? ALREADY_CODES_OF_VISITS : ALREADY_CODES);
}

/** And for "there is none". */
export const NOT_FOUND = /tidak (?:ditemukan|ada|terdaftar)|belum (?:ada|terdaftar)/i;

/** One code says every kind of no, so the words decide; the first row that fits. */
const BY_WORDS: [pattern: RegExp, code: string][] = [
  [/(?:kode ?booking|antrean|antrian) [^.]{0,60}tidak ditemukan/i, 'BOOKING_NOT_FOUND'],
  [/peserta [^.]{0,60}tidak (?:ditemukan|terdaftar)/i, 'PARTICIPANT_NOT_FOUND'],
  [/tidak aktif|non ?-?aktif/i, 'JKN_INACTIVE'],
  [/sudah (?:di)?layani|selesai dilayani/i, 'ALREADY_SERVED'],
  [/task ?id|urutan/i, 'TASK_OUT_OF_ORDER'],
  [/kuota|penuh/i, 'QUOTA_FULL'],
  [/tidak valid|tidak sesuai|wajib|harus|format|tidak boleh/i, 'INVALID_DATA'],
];

/** Codes by which a service says that it has decided: no. */
const DECIDED = new Set(['201', '208', '400', '412']);

/** The outcome of a reply that is no success. */
export function failureOf(wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome {
  const envelope = envelopeOf(wire);
  const { code } = envelope;
  if (code === '' || wire.status >= 500) return tools.byStatus(wire) ?? BAD_RESPONSE;
  const words = wordsOf(envelope);
  const text = words === '' ? {} : { text: words };
  if (code === '202') return { is: 'refused', code: 'NEEDS_CONFIRMATION', ...text };
  if (DECIDED.has(code)) {
    const row = BY_WORDS.find(([pattern]) => pattern.test(words));
    return { is: 'refused', code: row ? row[1] : 'REJECTED', ...text };
  }
  return tools.byStatus({ ...wire, status: Number(code) }) ?? { is: 'unknown', code: 'UNLISTED_CODE' };
}

/** What a failed question says of the operation it asked about: nothing, unless BPJS serves nobody. */
export function failedQuestion(wire: WireReply, call: Pick<Call, 'tools'>): Outcome {
  const failure = failureOf(wire, call);
  return failure.is === 'away' || !('code' in failure) ? failure : { is: 'unknown', code: failure.code };
}

/** A no in words that fit, under one of these codes (201 unless named). */
export function says(wire: WireReply, pattern: RegExp, codes: readonly string[] = ['201']): boolean {
  const envelope = envelopeOf(wire);
  return wire.status < 500 && codes.includes(envelope.code) && pattern.test(wordsOf(envelope));
}

const row = (signal: string, is: ErrorRow['is'], code: string, id: string, en: string): ErrorRow => ({
  signal,
  is,
  code,
  meaning: { id, en },
});

export const errors: ErrorRow[] = [
  row(
    '201 Data peserta tidak ditemukan',
    'refused',
    'PARTICIPANT_NOT_FOUND',
    'Bukan peserta JKN.',
    'Not a participant of JKN.',
  ),
  row(
    'statusPeserta.kode is not 0; 201 tidak aktif',
    'refused',
    'JKN_INACTIVE',
    'Kepesertaan JKN tidak aktif; arahkan ke loket BPJS Kesehatan.',
    'The JKN membership is not active; show the way to the BPJS counter.',
  ),
  row(
    '201 kode booking tidak ditemukan',
    'refused',
    'BOOKING_NOT_FOUND',
    'Kode booking tidak dikenal BPJS.',
    'BPJS does not know this booking code.',
  ),
  row(
    '201 TaskId, urutan, waktu',
    'refused',
    'TASK_OUT_OF_ORDER',
    'Urutan atau waktu task tidak naik.',
    'Tasks or their times are not in order.',
  ),
  row(
    '201 sudah dilayani',
    'refused',
    'ALREADY_SERVED',
    'Sudah dilayani, tidak dapat dibatalkan.',
    'Served already, so it cannot be cancelled.',
  ),
  row(
    '201 kuota, penuh',
    'refused',
    'QUOTA_FULL',
    'Kuota dokter penuh pada hari itu.',
    'The doctor’s quota of that day is used up.',
  ),
  row(
    '201, 400 or 412 tidak valid, wajib, harus, format',
    'refused',
    'INVALID_DATA',
    'Isi data ditolak; lihat teks jawaban.',
    'What was sent is refused; see the reply’s text.',
  ),
  row(
    '202',
    'refused',
    'NEEDS_CONFIRMATION',
    'Terdaftar di tempat lain atau perlu konfirmasi; lihat teks jawaban.',
    'Registered elsewhere, or to be confirmed; see the reply’s text.',
  ),
  row(
    '201 in other words',
    'refused',
    'REJECTED',
    'Ditolak BPJS; lihat teks jawaban.',
    'Refused by BPJS; see the reply’s text.',
  ),
  row(
    '401, 403',
    'away',
    'AUTH_FAILED',
    'Tanda tangan, jam, cons-id atau user_key ditolak; periksa jam server dan pengaturan.',
    'Signature, time, cons-id or user_key is refused; look at the server’s clock and the settings.',
  ),
  row('429', 'retry', 'RATE_LIMITED', 'Terlalu sering; bus menunggu.', 'Too many requests; the bus waits.'),
  row('503', 'retry', 'AGENCY_UNAVAILABLE', 'BPJS sedang tidak melayani.', 'BPJS does not serve now.'),
  row(
    'there is none, when asked',
    'retry',
    'NOT_RECEIVED',
    'Kiriman tidak pernah sampai; bus mengirim lagi.',
    'What was sent never arrived; the bus sends it again.',
  ),
  row(
    'response does not open',
    'unknown',
    'BAD_DECRYPT',
    'Jawaban tidak dapat dibuka: secretKey salah, atau stempel waktunya bukan milik permintaan ini. Beri tahu petugas.',
    'The answer does not open: secretKey is wrong, or it was sealed for another second. Tell an operator.',
  ),
  row(
    'said to be registered, and not in the day’s list',
    'unknown',
    'VISIT_NOT_LISTED',
    'Dikatakan sudah terdaftar, tetapi tidak ada di daftar hari itu.',
    'Said to be registered, and not in the list of that day.',
  ),
  row(
    'any other code',
    'unknown',
    'UNLISTED_CODE',
    'Kode jawaban tidak dikenal.',
    'A code that nobody has listed.',
  ),
  row('500', 'unknown', 'HTTP_500', 'Gangguan di BPJS.', 'BPJS failed.'),
  row('504', 'unknown', 'HTTP_504', 'Gerbang BPJS kehabisan waktu.', 'The gateway of BPJS timed out.'),
  row(
    'anything unreadable',
    'unknown',
    'BAD_RESPONSE',
    'Jawaban tidak terbaca.',
    'The reply cannot be read.',
  ),
];
