/** The police's stand-in: record certificate requests, decided by themselves or by an officer. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { certificateDesk } from './simulator-desk.ts';

/**
 * Acts: `hold {}` leaves requests undecided, `release {}` decides them all; `delay {ms}` is the time to a decision;
 * `decide {requestNo | requestId, status}` decides one by hand, also against an earlier decision.
 * By itself it issues, but refuses a NIK that ends in 9921 and leaves one that ends in 9922 to an officer.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => certificateDesk(harness, options));

export const leaves: Leaves = { issueRecordCertificate: 'recordCertificate' };
