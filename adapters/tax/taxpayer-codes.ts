/** What the taxpayer register's status codes mean (OSS Lampiran 19, `flag_pajak`; BNI MPN G2 for its "02"). */
import type { CodeTable } from './codes.ts';

/** 00 is the only good one; any other is final until the citizen has put it right. */
export const STATUS_CODES: CodeTable = {
  '01': {
    is: 'refused',
    code: 'TAX_NAME_MISMATCH',
    meaning: {
      id: 'Status tidak valid: nama dan NPWP tidak cocok dengan data DJP. Pemohon memperbaiki datanya di kantor pajak.',
      en: 'Not valid: name and tax number do not agree with the register. The applicant mends them at the tax office.',
    },
  },
  '02': {
    is: 'refused',
    code: 'TAX_RETURN_MISSING',
    meaning: {
      id: 'SPT Tahunan dua tahun terakhir belum lengkap. Pemohon melaporkannya lalu mengajukan lagi.',
      en: 'An annual return of the last two years is missing. The applicant files it and applies again.',
    },
  },
  '03': {
    is: 'refused',
    code: 'TAX_VAT_RETURN_MISSING',
    meaning: {
      id: 'SPT Masa PPN tiga bulan terakhir belum lengkap. Pemohon melaporkannya lalu mengajukan lagi.',
      en: 'A VAT return of the last three months is missing. The applicant files it and applies again.',
    },
  },
  '04': {
    is: 'refused',
    code: 'TAX_NUMBER_NOT_FOUND',
    meaning: {
      id: 'Wajib pajak tidak ditemukan. Pemohon memeriksa NPWP-nya.',
      en: 'No such taxpayer. The applicant checks the tax number.',
    },
  },
};

/** Errors of a bank's MPN service: "02" is BNI's, the rest are of our own profile. */
export const BILLING_CODES: CodeTable = {
  '02': {
    is: 'refused',
    code: 'TAX_NUMBER_NOT_FOUND',
    meaning: {
      id: 'NPWP atau KPP tidak terdaftar. Pemohon memeriksa NPWP-nya.',
      en: 'Tax number or tax office unknown. The applicant checks the tax number.',
    },
  },
  '10': {
    is: 'unknown',
    code: 'BILLING_NOT_FOUND',
    meaning: {
      id: 'Kode billing atau nomor referensi tidak dikenal, padahal pernah ada. Petugas memeriksanya.',
      en: 'Billing code or reference unknown, though it was there before. An officer looks into it.',
    },
  },
  '11': {
    is: 'refused',
    code: 'TAX_ACCOUNT_UNKNOWN',
    meaning: {
      id: 'Kode akun (KAP) atau jenis setoran (KJS) tidak dikenal. Integrator memperbaiki rute.',
      en: 'Account (KAP) or deposit code (KJS) unknown. The integrator mends the route.',
    },
  },
  '12': {
    is: 'refused',
    code: 'AMOUNT_INVALID',
    meaning: {
      id: 'Jumlah setor tidak diterima. Integrator memeriksa perhitungannya.',
      en: 'The amount is not accepted. The integrator checks how it is computed.',
    },
  },
  '13': {
    is: 'refused',
    code: 'ALREADY_PAID',
    meaning: {
      id: 'Tagihan sudah dibayar, jadi tidak dapat dibatalkan. Petugas mengurus pengembalian.',
      en: 'The bill is paid and cannot be cancelled any more. An officer sees to a refund.',
    },
  },
  '15': {
    is: 'refused',
    code: 'NOT_CANCELLABLE',
    meaning: {
      id: 'Tagihan tidak dapat dibatalkan; ia kedaluwarsa sendiri. Pemohon diberi tahu agar tidak membayar.',
      en: 'The bill cannot be cancelled; it expires by itself. The applicant is told not to pay it.',
    },
  },
};
