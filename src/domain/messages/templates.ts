/** What a citizen is told at each moment of an application, as templates in id-ID and en. No personal value has a place in them. */
import type { LocalizedText } from '../outcome.ts';

/** All that a template may name. None of it says who the citizen is. */
export const VARIABLES = ['number', 'service', 'agency', 'date', 'amount', 'billingCode', 'reason'] as const;
export type Variable = (typeof VARIABLES)[number];

/** `[…]` falls away when something named within it is not known; only number and service are always known. */
export const TEMPLATES = {
  accepted: {
    id: 'Permohonan {service} diterima, nomor {number}.[ Biaya resmi {amount}.][ Dijanjikan selesai {date}.]',
    en: 'Your application for {service} has been accepted, number {number}.[ The official fee is {amount}.][ It is promised for {date}.]',
  },
  processing: {
    id: 'Permohonan {number} ({service}) sedang diproses[ di {agency}].[ Dijanjikan selesai {date}.]',
    en: 'Application {number} ({service}) is being processed[ at {agency}].[ It is promised for {date}.]',
  },
  officerDecides: {
    id: 'Permohonan {number} ({service}) menunggu keputusan petugas[ di {agency}].',
    en: "Application {number} ({service}) waits for an officer's decision[ at {agency}].",
  },
  returned: {
    id: 'Ada yang perlu diperbaiki pada permohonan {number} ({service})[ sebelum {date}]. Kirim ulang bagian itu saja, lewat saluran mana pun.',
    en: 'Something has to be mended in application {number} ({service})[ before {date}]. Send only that part again, by any channel.',
  },
  corrected: {
    id: 'Perbaikan untuk permohonan {number} ({service}) diterima; prosesnya dilanjutkan.',
    en: 'The corrections to application {number} ({service}) have been taken in; it goes on.',
  },
  payment: {
    id: 'Permohonan {number} ({service}) menunggu pembayaran[ {amount}][, kode {billingCode}][, sebelum {date}]. Bayar hanya lewat kode ini.[ {reason}]',
    en: 'Application {number} ({service}) waits for a payment[ of {amount}][, code {billingCode}][, before {date}]. Pay by this code only.[ {reason}]',
  },
  paid: {
    id: 'Pembayaran untuk permohonan {number} ({service}) sudah diterima.',
    en: 'The payment for application {number} ({service}) has been received.',
  },
  rebilled: {
    id: 'Kode bayar lama untuk permohonan {number} ({service}) tidak berlaku lagi; kode baru menyusul.',
    en: 'The old payment code of application {number} ({service}) holds no more; a new one follows.',
  },
  appointment: {
    id: 'Permohonan {number} ({service}) menunggu kedatangan Anda[ di {agency}][ pada {date}]. Bawa dokumen asli.',
    en: 'Application {number} ({service}) waits for your visit[ at {agency}][ on {date}]. Bring the original documents.',
  },
  appointmentMissed: {
    id: 'Anda tidak hadir pada jadwal permohonan {number} ({service})[ di {agency}].',
    en: 'You did not come to the appointment of application {number} ({service})[ at {agency}].',
  },
  reminder: {
    id: 'Pengingat: permohonan {number} ({service}) masih menunggu Anda[ sampai {date}].',
    en: 'A reminder: application {number} ({service}) still waits for you[ until {date}].',
  },
  delayed: {
    id: 'Permohonan {number} ({service}) tertunda dan sedang diperiksa petugas. Ini bukan kesalahan Anda.',
    en: 'Application {number} ({service}) is delayed, and an officer looks into it. This is not your fault.',
  },
  late: {
    id: 'Permohonan {number} ({service}) melewati waktu yang dijanjikan. Ini bukan kesalahan Anda; petugas menindaklanjutinya.',
    en: 'Application {number} ({service}) is later than promised. This is not your fault; an officer follows it up.',
  },
  deemedApproved: {
    id: 'Permohonan {number} ({service}) disetujui menurut hukum karena batas waktunya lewat; dokumennya menyusul.',
    en: 'Application {number} ({service}) is approved by law, for its time has passed; the document follows.',
  },
  ending: {
    id: 'Permohonan {number} ({service}) sedang diakhiri; yang sudah dilakukan sedang dibatalkan.',
    en: 'Application {number} ({service}) is being ended; what was done is being undone.',
  },
  completed: {
    id: 'Permohonan {number} ({service}) selesai. Hasilnya dapat diambil di tempat Anda mengajukan.',
    en: 'Application {number} ({service}) is completed. Its result can be had where you applied.',
  },
  partiallyCompleted: {
    id: 'Permohonan {number} ({service}) selesai sebagian; sisanya ditangani petugas dan Anda akan diberi tahu.',
    en: 'Application {number} ({service}) is partly completed; an officer sees to the rest and you will be told.',
  },
  rejected: {
    id: 'Permohonan {number} ({service}) ditolak.[ {reason}]',
    en: 'Application {number} ({service}) is rejected.[ {reason}]',
  },
  withdrawn: {
    id: 'Permohonan {number} ({service}) dicabut atas permintaan Anda. Anda dapat mengajukan lagi kapan saja.',
    en: 'Application {number} ({service}) was taken back as you asked. You may apply again at any time.',
  },
  cancelled: {
    id: 'Permohonan {number} ({service}) dibatalkan petugas. Tanyakan alasannya di tempat Anda mengajukan.',
    en: 'Application {number} ({service}) was cancelled by an officer. Ask for the reason where you applied.',
  },
  expired: {
    id: 'Permohonan {number} ({service}) kedaluwarsa.[ {reason}]',
    en: 'Application {number} ({service}) has expired.[ {reason}]',
  },
  complaintTaken: {
    id: 'Pengaduan Anda tentang permohonan {number} ({service}) diterima.[ Dijawab paling lambat {date}.]',
    en: 'Your complaint about application {number} ({service}) has been taken in.[ It is answered by {date}.]',
  },
  complaintAnswered: {
    id: 'Pengaduan Anda tentang permohonan {number} ({service}) sudah dijawab.',
    en: 'Your complaint about application {number} ({service}) has been answered.',
  },
  complaintForwarded: {
    id: 'Pengaduan Anda tentang permohonan {number} ({service}) diteruskan ke SP4N-LAPOR.',
    en: 'Your complaint about application {number} ({service}) was forwarded to SP4N-LAPOR.',
  },
} satisfies Record<string, LocalizedText>;

export type MessageCode = keyof typeof TEMPLATES;
export type Facts = Partial<Record<Variable, LocalizedText>> & {
  number: LocalizedText;
  service: LocalizedText;
};

export interface Message {
  code: MessageCode;
  id: string;
  en: string;
}

export function render(code: MessageCode, facts: Facts): Message {
  const { id, en } = TEMPLATES[code];
  return { code, id: fill(id, facts, 'id'), en: fill(en, facts, 'en') };
}

const NAMED = /\{(\w+)\}/g;

function fill(template: string, facts: Facts, language: keyof LocalizedText): string {
  const known = template.replaceAll(/\[([^\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(NAMED)].every(([, name]) => facts[name as Variable] !== undefined) ? part : '',
  );
  return known.replaceAll(NAMED, (_, name: string) => facts[name as Variable]?.[language] ?? '');
}

/** Rupiah as each language writes it. */
export function amountText(amount: number): LocalizedText {
  const whole = String(Math.trunc(amount));
  const grouped = (mark: string): string => whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, mark);
  return { id: `Rp${grouped('.')}`, en: `Rp${grouped(',')}` };
}

/** A day and time by the wall clock of a zone. */
export function dateText(ms: number, zone: string): LocalizedText {
  const text = (locale: string): string =>
    new Intl.DateTimeFormat(locale, {
      ...{ timeZone: zone, day: 'numeric', month: 'long', year: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
    }).format(ms);
  return { id: text('id-ID'), en: text('en-GB') };
}

/** The same words in both languages. */
export const same = (text: string): LocalizedText => ({ id: text, en: text });
