/** What a ledger says when it will not be opened. */

/** The ledger cannot be used; `message` says what to do. */
export class LedgerRefused extends Error {}
