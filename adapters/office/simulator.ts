/** An office's stand-in: what it knows by kind, cases that it decides, and a ledger of postings. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { office } from './simulator-office.ts';

/**
 * Acts: `hold {}` leaves cases undecided, `release {}` decides them; `delay {ms}` is the time to a decision;
 * `decide {caseNumber | requestId, status, reason?, text?}` decides one by hand, also against an earlier decision;
 * `close {caseNumber | requestId}` closes one; `know {kind, facts}` sets what it says of a kind from now on.
 * By itself it grants. A NIK or reference that ends in 9921 is blocked or refused, in 9922 the data do not fit, in 9923
 * nothing is known of it, in 9924 a paper cannot be read, in 9925 it has no right to it, in 9926 it is left to an
 * officer; a posting of money whose reference ends in 9927 has another amount than was assessed.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => office(harness, options));

export const leaves: Leaves = { openCase: 'caseGranted', post: 'posting' };
