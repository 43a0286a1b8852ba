/** Tables of a profile's codes: what each means in canonical words, for conversions and for the manual alike. */
import type { Call, ErrorRow, LocalizedText, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';

export interface CodeRow {
  is: 'refused' | 'unknown' | 'retry' | 'away';
  code: string;
  meaning: LocalizedText;
}
export type CodeTable = Readonly<Record<string, CodeRow>>;

export const BAD_RESPONSE: Outcome = { is: 'unknown', code: 'BAD_RESPONSE' };

/** What a code says of the request that was sent; null when there is none. A code that nobody listed decides nothing. */
export function outcomeOf(table: CodeTable, code: string, words: string): Outcome | null {
  if (code === '') return null;
  const row = Object.hasOwn(table, code) ? table[code]! : null;
  if (!row) return { is: 'unknown', code: 'UNLISTED_CODE' };
  if (row.is === 'refused') return { is: 'refused', code: row.code, ...(words !== '' && { text: words }) };
  return { is: row.is, code: row.code };
}

/** The outcome of a reply that is no success: by its code first, by HTTP second. */
export function failureOf(
  table: CodeTable,
  code: string,
  words: string,
  wire: WireReply,
  call: Call,
): Outcome {
  return outcomeOf(table, code, words) ?? call.tools.byStatus(wire) ?? BAD_RESPONSE;
}

/** What a failed question says of the operation it asked about: nothing, unless the agency serves nobody. */
export function asQuestion(failure: Outcome): Outcome {
  return failure.is === 'retry' || failure.is === 'refused' ? { is: 'unknown', code: failure.code } : failure;
}

/** A question asked in place of an act that was not sent: where the agency says when to come back, it is heeded. */
export function asAct(asked: Outcome, wire: WireReply, { tools }: Call): Outcome {
  const later = tools.byStatus(wire);
  return asked.is === 'unknown' && later?.is === 'retry' ? later : asked;
}

export function rowsOf(profile: string, table: CodeTable): ErrorRow[] {
  return Object.entries(table).map(([code, row]) => ({ signal: `${profile}: ${code}`, ...row }));
}
