/** The statuses of a licence (PIA 4.3, Lampiran 10): OSS's code, our word, what it means for the application. */
import type { LocalizedText } from '../../src/adapter-kit/contract.ts';

export interface LicenseStatus {
  code: string;
  status: string;
  /** What the bus makes of it. `postIssue`: something happens to a licence that was issued. */
  state:
    | 'submitted'
    | 'accepted'
    | 'needsCorrection'
    | 'inReview'
    | 'awaitingPayment'
    | 'onHold'
    | 'approved'
    | 'approvedProvisional'
    | 'postIssue'
    | 'rejected'
    | 'other';
  title: LocalizedText;
}

type Row = [code: string, status: string, state: LicenseStatus['state'], id: string, en: string];

const ROWS: Row[] = [
  ['05', 'environmentalScreening', 'inReview', 'Penapisan lingkungan', 'Environmental screening'],
  ['09', 'requirementsFilled', 'submitted', 'Persyaratan telah diisi', 'Requirements filled in'],
  ['10', 'documentsComplete', 'accepted', 'Dokumen lengkap', 'Documents complete'],
  ['11', 'documentsIncomplete', 'needsCorrection', 'Dokumen belum lengkap', 'Documents incomplete'],
  ['12', 'commitmentFulfilment', 'inReview', 'Pemenuhan komitmen', 'Commitments being fulfilled'],
  ['20', 'validation', 'inReview', 'Validasi', 'Being validated'],
  ['30', 'paymentVerification', 'awaitingPayment', 'Verifikasi pembayaran', 'Payment being verified'],
  ['31', 'paymentConfirmation', 'awaitingPayment', 'Konfirmasi pembayaran', 'Payment to be confirmed'],
  ['32', 'paymentProofCheck', 'awaitingPayment', 'Pemeriksaan bukti bayar', 'Proof of payment being checked'],
  ['33', 'paymentApproved', 'awaitingPayment', 'Pembayaran disetujui', 'Payment approved'],
  ['34', 'paymentCorrection', 'awaitingPayment', 'Perbaikan bukti bayar', 'Proof of payment to be mended'],
  ['40', 'siteInspection', 'inReview', 'Pemeriksaan lapangan', 'Inspection on site'],
  ['41', 'clarification', 'onHold', 'Klarifikasi, waktu berhenti', 'Clarification, the clock is paused'],
  ['42', 'clarificationAnswered', 'inReview', 'Klarifikasi dijawab', 'Clarified, the clock runs on'],
  [
    '43',
    'reclarification',
    'onHold',
    'Klarifikasi ulang, waktu diulang',
    'Clarified anew, the clock is reset',
  ],
  ['44', 'reclarificationAnswered', 'inReview', 'Klarifikasi ulang dijawab', 'The clock starts again'],
  ['45', 'requirementsVerified', 'inReview', 'Persyaratan terverifikasi', 'Requirements verified'],
  ['49', 'numberAllocation', 'inReview', 'Pengambilan nomor', 'Number being drawn'],
  ['50', 'approved', 'approved', 'Disetujui', 'Approved'],
  ['52', 'provisionallyIssued', 'approvedProvisional', 'Terbit sementara', 'Issued provisionally'],
  ['57', 'deemedApproved', 'approved', 'Disetujui otomatis (fiktif positif)', 'Deemed approved by law'],
  ['60', 'warned', 'postIssue', 'Peringatan', 'Warning given'],
  ['70', 'suspended', 'postIssue', 'Dihentikan sementara', 'Suspended'],
  ['80', 'fined', 'postIssue', 'Denda administratif', 'Fined'],
  ['90', 'rejected', 'rejected', 'Ditolak', 'Rejected'],
  ['93', 'requirementsRejected', 'rejected', 'Persyaratan ditolak', 'Requirements rejected'],
];

export const licenseStatuses: readonly LicenseStatus[] = ROWS.map(([code, status, state, id, en]) => {
  return { code, status, state, title: { id, en } };
});

/** By our word, which the input schemas list; they and this table are held together by a test. */
export function statusNamed(word: string): LicenseStatus {
  const found = licenseStatuses.find(({ status }) => status === word);
  if (!found) throw new Error(`No licence status is called ${word}`);
  return found;
}

/** By OSS's code. OSS itself answers codes that its own list does not have (58): they are `other`, in OSS's words. */
export function statusOf(code: string, words: string): LicenseStatus {
  const found = licenseStatuses.find((one) => one.code === code);
  const said = words || code;
  return found ?? { code, status: 'other', state: 'other', title: { id: said, en: said } };
}

/** A licence of this status is a paper that OSS signs and hands back. */
export function isIssued({ state }: LicenseStatus): boolean {
  return state === 'approved' || state === 'approvedProvisional';
}
