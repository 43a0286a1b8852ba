/** What a ledger's address says: which body it is, and how it is shown to people. */

export const isPostgres = (ledger: string): boolean => /^postgres(ql)?:/.test(ledger);

/** The path behind `sqlite:`. */
export const sqlitePath = (ledger: string): string => ledger.replace(/^sqlite:/, '');

/**
 * An address fit to be shown: without its password, wherever that stands. Up to the last @, for a password that was not
 * percent-encoded may hold what ends an address.
 */
export function shownLedger(ledger: string): string {
  if (!isPostgres(ledger)) return ledger;
  return ledger
    .replace(/^([^:]+:\/\/[^:/?#]*):.*@/s, '$1:***@')
    .replace(/([?&](?:ssl)?password=)[^&#]*/gi, '$1***');
}
