/** Which check holds which invariant: the table of docs/simulation.md. */

export interface Held {
  /** What must be so. */
  says: string;
  /** Files of this folder in which it is checked. */
  by: string[];
  /** At every request and commit, or when everything is at rest. */
  when: 'always' | 'end' | 'both';
}

export const HELD: Record<string, Held> = {
  I1: {
    says: 'every receipt, and every correction taken, is in the ledger',
    by: ['invariants', 'mended'],
    when: 'both',
  },
  I2: {
    says: 'nothing is in it that nobody asked for: a platform, or a step of a parent',
    by: ['births', 'invariants'],
    when: 'both',
  },
  I3: {
    says: 'an error, and the same again, make one application',
    by: ['platforms', 'invariants'],
    when: 'both',
  },
  I4: { says: 'one key, one answer', by: ['platforms'], when: 'always' },
  I5: {
    says: 'one key, one input, one effect; what a step calls done was done once, and a child ended as its step says',
    by: ['agency', 'monitor', 'rules', 'sent', 'invariants'],
    when: 'both',
  },
  I6: {
    says: 'no request without a durable attempt under the current fence',
    by: ['monitor'],
    when: 'always',
  },
  I7: { says: 'no stale result ends a lease', by: ['monitor'], when: 'always' },
  I8: { says: 'unknown is left by an answer, by news or by a person', by: ['transitions'], when: 'always' },
  I9: {
    says: 'steps begin, are skipped, run again and are undone in the order of the route; turns are kept; what was mended is sent',
    by: ['monitor', 'rules', 'mended', 'mended-end'],
    when: 'both',
  },
  I10: { says: 'one end, never left', by: ['transitions', 'invariants'], when: 'both' },
  I11: {
    says: 'declared ways only: of steps, rounds, waits and decisions; versions and heads without gaps',
    by: ['transitions', 'rules', 'mended', 'applicants', 'invariants'],
    when: 'both',
  },
  I12: { says: 'states are what the events say', by: ['invariants'], when: 'end' },
  I13: {
    says: 'everything ends, or waits for a person, by way of a child or a turn if need be',
    by: ['simulate', 'platforms', 'news', 'rules', 'applicants', 'invariants'],
    when: 'both',
  },
  I14: {
    says: 'tries, bills, rounds, reminders, depth, delays, opening hours and quotas within their limits',
    by: ['rules', 'births', 'sent', 'invariants'],
    when: 'both',
  },
  I15: {
    says: 'nothing open without something that moves it',
    by: ['monitor', 'rules', 'invariants'],
    when: 'both',
  },
  I16: { says: 'first deliveries in order, without gaps', by: ['receivers'], when: 'always' },
  I17: { says: 'one id and one body over all repeats, a fresh timestamp', by: ['receivers'], when: 'always' },
  I18: { says: 'the last event told is the last one', by: ['invariants'], when: 'end' },
  I19: {
    says: 'a slow receiver keeps no other platform waiting for more than three minutes',
    by: ['monitor'],
    when: 'always',
  },
  I20: {
    says: 'news in any order, late or twice, is kept and vanishes nowhere',
    by: ['news', 'monitor', 'invariants'],
    when: 'both',
  },
  LAW: {
    says: 'the clock of the law: due, standing, breached once, silence as consent only where the law says so',
    by: ['clocks'],
    when: 'always',
  },
  DUP: { says: 'one open application where a service takes one', by: ['births'], when: 'always' },
};
