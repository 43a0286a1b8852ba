/** In a few words: where an application stands, and who has to move for a step of it, in id-ID and en. */
import type { LocalizedText } from '../outcome.ts';
const APPLICATION: Record<string, LocalizedText> = {
  accepted: { id: 'Permohonan diterima', en: 'The application has been accepted' },
  inProgress: { id: 'Permohonan sedang diproses', en: 'The application is being processed' },
  waitingApplicant: {
    id: 'Menunggu perbaikan dari pemohon',
    en: 'Waiting for the applicant to mend something',
  },
  waitingPayment: { id: 'Menunggu pembayaran', en: 'Waiting for payment' },
  waitingAppointment: { id: 'Menunggu jadwal kedatangan', en: 'Waiting for an appointment' },
  underReview: { id: 'Tertunda, sedang diperiksa petugas', en: 'Delayed; an officer is looking into it' },
  completed: { id: 'Selesai', en: 'Completed' },
  partiallyCompleted: { id: 'Selesai sebagian', en: 'Partly completed' },
  rejected: { id: 'Ditolak oleh instansi', en: 'Rejected by the agency' },
  withdrawn: { id: 'Dicabut oleh pemohon', en: 'Withdrawn by the applicant' },
  cancelled: { id: 'Dibatalkan oleh petugas', en: 'Cancelled by an officer' },
  expired: { id: 'Kedaluwarsa', en: 'Expired' },
};

export function applicationText(state: string): LocalizedText {
  return APPLICATION[state] ?? { id: state, en: state };
}

/** What is awaited in a state of a step, or null when nobody has to move. */
export function awaited(state: string, agency: LocalizedText): { who: string; text: LocalizedText } | null {
  switch (state) {
    case 'ready':
    case 'waitingAgency':
      return {
        who: 'agency',
        text: { id: `Sedang diproses di ${agency.id}`, en: `Being processed at ${agency.en}` },
      };
    case 'unknown':
      return {
        who: 'agency',
        text: { id: `Menunggu kepastian dari ${agency.id}`, en: `Waiting for certainty from ${agency.en}` },
      };
    case 'waitingPayment':
      return {
        who: 'applicant',
        text: { id: 'Menunggu pembayaran pemohon', en: 'Waiting for the applicant to pay' },
      };
    case 'waitingAppointment':
      return {
        who: 'applicant',
        text: { id: `Menunggu kedatangan di ${agency.id}`, en: `Waiting for the visit at ${agency.en}` },
      };
    case 'waitingApplicant':
      return {
        who: 'applicant',
        text: { id: 'Menunggu perbaikan pemohon', en: 'Waiting for the applicant to mend something' },
      };
    case 'waitingOfficer':
    case 'parked':
      return {
        who: 'officer',
        text: { id: 'Menunggu keputusan petugas', en: "Waiting for an officer's decision" },
      };
    case 'compensating':
      return {
        who: 'agency',
        text: { id: `Sedang dibatalkan di ${agency.id}`, en: `Being undone at ${agency.en}` },
      };
    default:
      return null;
  }
}
