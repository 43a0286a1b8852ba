/** Whether a JSON number survives being read: the digits a double loses are found here. */
import type { WireErrorCode } from './error.ts';

/** Longer literals are never the shortest form of a double. */
const MAX_LITERAL_LENGTH = 40;

/** What is wrong with a number literal (RFC 8259 grammar already held), or null when it is kept exactly. */
export function numberProblem(literal: string): WireErrorCode | null {
  const value = Number(literal);
  if (!Number.isFinite(value) || Object.is(value, -0)) return 'number_out_of_range';
  if (literal.length > MAX_LITERAL_LENGTH) return 'number_not_exact';
  const sent = decimal(literal);
  if (value === 0) return sent.digits === '' ? null : 'number_out_of_range';
  const kept = decimal(String(value));
  return sent.digits === kept.digits && sent.exponent === kept.exponent ? null : 'number_not_exact';
}

/** A literal as significant digits × 10^exponent, so that `1.50`, `15e-1` and `1.5` are the same. */
function decimal(literal: string): { digits: string; exponent: number } {
  const [mantissa = '', exponent = '0'] = literal.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return {
    digits: significant,
    exponent: Number(exponent) - fraction.length + digits.length - significant.length,
  };
}
