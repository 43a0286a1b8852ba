/** What the register and the Dinas's queue say, in canonical words. */
import type { ErrorRow } from '../../src/adapter-kit/contract.ts';

export const errors: readonly ErrorRow[] = [
  {
    signal: 'RESPONSE_CODE 08, 13; Data Tidak Ditemukan',
    is: 'refused',
    code: 'NIK_NOT_FOUND',
    meaning: {
      id: 'NIK tidak ada di register; pemohon memeriksa nomornya atau ke Dinas Dukcapil.',
      en: 'The register has no such NIK; the applicant checks the number, or sees the Dinas.',
    },
  },
  {
    signal: 'RESPONSE_CODE 11',
    is: 'refused',
    code: 'PERSON_DECEASED',
    meaning: {
      id: 'Register mencatat orang ini meninggal.',
      en: 'The register has this person as deceased.',
    },
  },
  {
    signal: 'RESPONSE_CODE 12',
    is: 'refused',
    code: 'NIK_DUPLICATE',
    meaning: {
      id: 'Data ganda; pemohon ke Dinas Dukcapil.',
      en: 'Two records hold this NIK; the applicant sees the Dinas.',
    },
  },
  {
    signal: 'RESPONSE_CODE 14',
    is: 'refused',
    code: 'NIK_BLOCKED',
    meaning: {
      id: 'NIK tidak aktif; pemohon ke Dinas Dukcapil.',
      en: 'The NIK is not active; the applicant sees the Dinas.',
    },
  },
  {
    signal: 'RESPONSE_CODE 15',
    is: 'refused',
    code: 'NIK_INVALID',
    meaning: {
      id: 'NIK tidak sesuai format; periksa nomornya.',
      en: 'The NIK has not the form of one; check the number.',
    },
  },
  {
    signal: 'Tidak Sesuai',
    is: 'refused',
    code: 'DATA_MISMATCH',
    meaning: {
      id: 'Data berbeda dari register; yang berbeda disebut, isinya tidak.',
      en: 'The data differ from the register; it is said which, never what.',
    },
  },
  {
    signal: 'Tidak Sesuai, where the route sends back',
    is: 'sendBack',
    code: 'DATA_MISMATCH',
    meaning: {
      id: 'Data berbeda dari register; pemohon memperbaiki isian itu.',
      en: 'The data differ from the register; the applicant mends these fields.',
    },
  },
  {
    signal: 'RESPONSE_CODE 08, 13, where the route sends back',
    is: 'sendBack',
    code: 'NIK_NOT_FOUND',
    meaning: {
      id: 'NIK tidak ada di register; pemohon memperbaiki nomornya.',
      en: 'The register has no such NIK; the applicant mends the number.',
    },
  },
  {
    signal: 'REJECTED with reasonCode',
    is: 'refused',
    code: 'NOT_ELIGIBLE',
    meaning: {
      id: 'Dinas menolak; kode alasannya dari Dinas, seperti NOT_ELIGIBLE.',
      en: 'The Dinas says no; the reason code is its own, such as NOT_ELIGIBLE.',
    },
  },
  {
    signal: 'REJECTED with ALREADY_CORRECTED',
    is: 'refused',
    code: 'ALREADY_CORRECTED',
    meaning: {
      id: 'Akta sudah berisi nilai yang baru; tidak ada yang dibetulkan.',
      en: 'The certificate has the new value already; there is nothing to correct.',
    },
  },
  {
    signal: 'REJECTED with COURT_DECISION_NEEDED',
    is: 'refused',
    code: 'COURT_DECISION_NEEDED',
    meaning: {
      id: 'Bukan salah tulis; pemohon meminta penetapan pengadilan dahulu.',
      en: 'It is no clerical error; the applicant asks a court first.',
    },
  },
  {
    signal: 'RETURNED with CERTIFICATE_NOT_FOUND',
    is: 'sendBack',
    code: 'CERTIFICATE_NOT_FOUND',
    meaning: {
      id: 'Nomor akta tidak ada di register; pemohon memperbaiki nomornya.',
      en: 'The register has no certificate of this number; the applicant mends it.',
    },
  },
  {
    signal: 'RETURNED with DATA_MISMATCH',
    is: 'sendBack',
    code: 'DATA_MISMATCH',
    meaning: {
      id: 'Nilai lama tidak sama dengan isi akta; pemohon memperbaikinya.',
      en: 'Something else stands in the certificate; the applicant mends the old value.',
    },
  },
  {
    signal: 'CANCELLED',
    is: 'refused',
    code: 'CANCELLED',
    meaning: { id: 'Permohonan telah dibatalkan.', en: 'The application was cancelled.' },
  },
  {
    signal: '409 ALREADY_ISSUED',
    is: 'refused',
    code: 'ALREADY_ISSUED',
    meaning: {
      id: 'Kartu sudah terbit dan tidak dapat dibatalkan.',
      en: 'The card has been issued and cannot be cancelled.',
    },
  },
  {
    signal: '409 ALREADY_USED',
    is: 'refused',
    code: 'ALREADY_USED',
    meaning: {
      id: 'Surat pindah sudah dipakai di daerah tujuan dan tidak dapat dibatalkan.',
      en: 'The destination has used the move letter, so it cannot be cancelled.',
    },
  },
  {
    signal: '422 with reasonCode',
    is: 'sendBack',
    code: 'DOC_MISSING',
    meaning: {
      id: 'Berkas kurang; pemohon melengkapi.',
      en: 'A document is missing; the applicant adds it.',
    },
  },
  {
    signal: 'RETURNED with reasonCode',
    is: 'sendBack',
    code: 'DOC_UNREADABLE',
    meaning: {
      id: 'Berkas tidak terbaca; pemohon mengunggah ulang.',
      en: 'A document cannot be read; the applicant sends another.',
    },
  },
  {
    signal: 'Login gagal; 401, 403',
    is: 'away',
    code: 'AUTH_FAILED',
    meaning: {
      id: 'Akses ditolak; periksa userId, password dan ipUser.',
      en: 'Access is refused; check userId, password and ipUser.',
    },
  },
  {
    signal: 'Kuota akses hari ini telah habis',
    is: 'away',
    code: 'QUOTA_EXHAUSTED',
    meaning: {
      id: 'Kuota hari ini habis; lanjut setelah tengah malam WIB.',
      en: 'The day’s quota is used up; it goes on after midnight in Jakarta.',
    },
  },
  {
    signal: '404 NOT_FOUND to a question',
    is: 'retry',
    code: 'NOT_RECEIVED',
    meaning: {
      id: 'Permohonan tidak pernah sampai; dikirim lagi.',
      en: 'The application never arrived; it is sent again.',
    },
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
      id: 'Layanan sedang tutup; dicoba lagi.',
      en: 'The service takes nothing in now; tried again.',
    },
  },
  {
    signal: '500',
    is: 'unknown',
    code: 'HTTP_500',
    meaning: {
      id: 'Layanan gagal; hasilnya ditanyakan dahulu.',
      en: 'The service failed; it is asked what came of it.',
    },
  },
  {
    signal: '502',
    is: 'unknown',
    code: 'HTTP_502',
    meaning: {
      id: 'Gerbang gagal; hasilnya ditanyakan dahulu.',
      en: 'A gateway failed; it is asked what came of it.',
    },
  },
  {
    signal: 'anything that cannot be read',
    is: 'unknown',
    code: 'BAD_RESPONSE',
    meaning: {
      id: 'Jawaban tidak terbaca; hasilnya ditanyakan dahulu.',
      en: 'The answer cannot be read; it is asked what came of it.',
    },
  },
];
