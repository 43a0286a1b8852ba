/** What the Esign Client Service says when it does not sign, and what follows from it. */
import type { Call, ErrorRow, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, object, text } from './values.ts';

/** By its words, for the codes beside them differ from one release to the next. The first that fits counts. */
const REFUSALS: readonly (readonly [words: RegExp, code: string])[] = [
  [/pass\s?phrase/i, 'PASSPHRASE_WRONG'],
  [/\b(totp|otp)\b/i, 'TOTP_WRONG'],
  [
    /tidak terdaftar|belum terdaftar|not.?registered|belum.*sertifikat|expired|kedaluwarsa|suspend|revoke/i,
    'SIGNER_NOT_ACTIVE',
  ],
];

/** `{ status, error | message }`; some releases answer so under HTTP 200. */
function wordsOf({ body }: WireReply): string {
  const reply = object(body);
  return text(reply['error']) || text(reply['message']);
}

/**
 * The outcome of a reply that holds no signature. What it says of passphrase, code or certificate is final under any
 * HTTP status: a third wrong passphrase locks the officer out, so it is never tried again.
 */
export function refusalOf(wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome {
  const words = wordsOf(wire);
  const known = REFUSALS.find(([pattern]) => pattern.test(words));
  if (known) return { is: 'refused', code: known[1], text: words };
  const byStatus = tools.byStatus(wire);
  if (byStatus) return byStatus;
  // A 404 in JSON may be a gateway's: only what is said of the request itself refuses it.
  const isOfRequest = wire.status === 400 || wire.status === 422;
  return isOfRequest && words !== '' ? { is: 'refused', code: 'BAD_REQUEST', text: words } : BAD_RESPONSE;
}

export const errors: ErrorRow[] = [
  row('"passphrase" in error or message', 'refused', 'PASSPHRASE_WRONG', [
    'Frasa sandi pejabat salah: hentikan jalur, perbaiki setelan; tiga kali salah mengunci sertifikat.',
    'The officer’s passphrase is wrong: pause the lane and mend the setting; a third mistake locks the certificate.',
  ]),
  row('"totp" or "otp" in error or message', 'refused', 'TOTP_WRONG', [
    'Kode sekali pakai salah atau kedaluwarsa: minta yang baru.',
    'The one-time code is wrong or too old: ask for a new one.',
  ]),
  row('not registered, expired, suspended', 'refused', 'SIGNER_NOT_ACTIVE', [
    'Pejabat tidak memiliki sertifikat aktif: hubungi BSrE.',
    'The officer has no active certificate: see BSrE.',
  ]),
  row('any other error under HTTP 400, 422', 'refused', 'BAD_REQUEST', [
    'Berkas atau letak tanda tangan ditolak.',
    'The file or the place of the signature is refused.',
  ]),
  row('HTTP 401, 403', 'away', 'AUTH_FAILED', [
    'Nama pengguna atau kata sandi layanan salah.',
    'User or password of the service is wrong.',
  ]),
  row('HTTP 429', 'retry', 'RATE_LIMITED', ['Terlalu banyak permintaan.', 'Too many requests.']),
  row('HTTP 503', 'retry', 'AGENCY_UNAVAILABLE', [
    'Layanan sedang tidak melayani.',
    'The service does not serve now.',
  ]),
  row('HTTP 500', 'unknown', 'HTTP_500', [
    'Galat layanan; ditandatangani ulang.',
    'An error of the service; it is signed again.',
  ]),
  row('anything else', 'unknown', 'BAD_RESPONSE', ['Jawaban tidak terbaca.', 'The answer cannot be read.']),
];

function row(signal: string, is: ErrorRow['is'], code: string, [id, en]: [string, string]): ErrorRow {
  return { signal, is, code, meaning: { id, en } };
}
