/** What a ledger's address says: which body it is, and how it is shown to people. */

export const isPostgres = (ledger: string): boolean => /^postgres(ql)?:/.test(ledger);

/** The path behind `sqlite:`. */
export const sqlitePath = (ledger: string): string => ledger.replace(/^sqlite:/, '');

/** An address fit to be shown: without its password, wherever that stands. */
export function shownLedger(ledger: string): string {
  if (!isPostgres(ledger)) return ledger;
  return ledger
    .replace(/^([^:]+:\/\/[^/?#]*?):[^/?#]*@/, '$1:***@')
    .replace(/([?&](?:ssl)?password=)[^&#]*/gi, '$1***');
}
