/** The civil registry's stand-in: a register with a daily quota, and a family card queue that decides by itself. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { familyCardQueue } from './simulator-queue.ts';
import { register } from './simulator-register.ts';

/**
 * Acts: `person {nik, fullName, birthDate, …, status?}` adds a record; `quota {remaining}` sets what is left today;
 * `hold {}` leaves applications undecided, `release {}` decides them all; `delay {ms}` is the time to a decision;
 * `decide {ticket | requestId, status, reasonCode?}` decides one by hand, also against an earlier decision.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => ({ ...register(harness, options), ...familyCardQueue(harness, options) }));

export const leaves: Leaves = { reissueFamilyCard: 'familyCard' };
