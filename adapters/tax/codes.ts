/** Tables of an agency's codes: what each means in canonical words, for conversions and for the manual alike. */
import type { ErrorRow, LocalizedText, Outcome } from '../../src/adapter-kit/contract.ts';

export type CodeTable = Readonly<
  Record<string, { is: 'refused' | 'unknown' | 'retry' | 'away'; code: string; meaning: LocalizedText }>
>;

/** What a code says; null when there is none. A code that nobody listed decides nothing. */
export function outcomeOf(table: CodeTable, code: string, words: string): Outcome | null {
  if (code === '') return null;
  const row = Object.hasOwn(table, code) ? table[code]! : null;
  if (!row) return { is: 'unknown', code: 'UNLISTED_CODE' };
  const outcome = { is: row.is, code: row.code };
  return row.is === 'refused' && words !== '' ? { ...outcome, is: row.is, text: words } : outcome;
}

export function rowsOf(name: string, table: CodeTable): ErrorRow[] {
  return Object.entries(table).map(([code, row]) => ({ signal: `${name} ${code}`, ...row }));
}
