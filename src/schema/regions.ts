/** The first two digits of every region code: the provinces, and the one set apart for synthetic people. */

/** Kemendagri codes of the 38 provinces. */
export const PROVINCES: ReadonlySet<string> = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 ' +
    '71 72 73 74 75 76 81 82 91 92 93 94 95 96'
  ).split(' '),
);

/** Assigned to nobody; taken from platforms marked `sandbox: true` only. */
export const SANDBOX_PROVINCE = '99';

/** Whether digits begin with a province that exists or the sandbox's. */
export function hasProvince(digits: string): boolean {
  const province = digits.slice(0, 2);
  return PROVINCES.has(province) || province === SANDBOX_PROVINCE;
}
