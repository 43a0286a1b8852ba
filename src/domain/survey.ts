/** The satisfaction survey of public services (PermenPANRB 14/2017): nine elements, each from 1 to 4, and the index of many. */
import type { LocalizedText } from './outcome.ts';

export const ELEMENTS: { code: string; title: LocalizedText }[] = [
  { code: 'U1', title: { id: 'Persyaratan', en: 'Requirements' } },
  { code: 'U2', title: { id: 'Sistem, mekanisme dan prosedur', en: 'Procedure' } },
  { code: 'U3', title: { id: 'Waktu penyelesaian', en: 'Time' } },
  { code: 'U4', title: { id: 'Biaya atau tarif', en: 'Cost' } },
  { code: 'U5', title: { id: 'Produk layanan', en: 'Product of the service' } },
  { code: 'U6', title: { id: 'Kompetensi pelaksana', en: 'Competence of the staff' } },
  { code: 'U7', title: { id: 'Perilaku pelaksana', en: 'Behaviour of the staff' } },
  { code: 'U8', title: { id: 'Sarana dan prasarana', en: 'Facilities' } },
  { code: 'U9', title: { id: 'Penanganan pengaduan', en: 'Handling of complaints' } },
];

export const SCALE: LocalizedText[] = [
  { id: 'Tidak baik', en: 'Bad' },
  { id: 'Kurang baik', en: 'Not so good' },
  { id: 'Baik', en: 'Good' },
  { id: 'Sangat baik', en: 'Very good' },
];

/** A service's month with fewer answers is told to nobody: one could be known again by it. */
export const FEWEST_ANSWERS = 5;
/** A survey may be filled in during the month of the end and so many more. */
const OPEN_MONTHS = 3;

/** `2026-11`, in UTC. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

const numbered = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;

/** The month so many before. */
export function monthBefore(month: string, many: number): string {
  const n = numbered(month) - many;
  return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
}

export function isOpen(month: string, now: number): boolean {
  const passed = numbered(monthOf(now)) - numbered(month);
  return passed >= 0 && passed <= OPEN_MONTHS;
}

/** Each element weighs a ninth, and the scale of 1 to 4 is told as 25 to 100. */
export function indexOf(sums: readonly number[], respondents: number): number {
  const mean = sums.reduce((all, sum) => all + sum / respondents, 0) / sums.length;
  return Math.round(mean * 25 * 100) / 100;
}
