/** What a ledger says when it cannot tell whether it has stored something (law 2). */

/** A commit failed: whether its writes are stored is unknown, ask again with the same key. */
export class CommitUnknown extends Error {
  /** What an operator must mend, where the ledger knows it. */
  readonly reason: 'storageFull' | null;

  constructor(cause: unknown, reason: CommitUnknown['reason'] = null) {
    super('The ledger could not confirm a commit', { cause });
    this.reason = reason;
  }
}
