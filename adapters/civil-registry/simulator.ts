/** The civil registry's stand-in: a register with a daily quota, and a work queue that decides by itself. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { workQueue } from './simulator-queue.ts';
import { register, type People } from './simulator-register.ts';

/**
 * Acts: `person {nik, fullName, birthDate, …, status?}` adds a record; `quota {remaining}` sets what is left today;
 * `hold {event?}` leaves applications undecided, `release {}` decides them all; `delay {ms}` is the time to a decision;
 * `answer {event, status, reasonCode?}` is what the next of an event is decided as; `decide {ticket | requestId, status,
 * reasonCode?}` decides one by hand, also against an earlier decision; `use {ticket | requestId}` has a move letter used;
 * `certificate {number}` reads what stands in a certificate.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const people: People = new Map();
    return { ...register(harness, options, people), ...workQueue(harness, options, people) };
  });

export const leaves: Leaves = {
  reissueFamilyCard: 'familyCard',
  issueIdentityCard: 'identityCard',
  correctCertificate: 'certificateCorrection',
  registerBirth: 'birthRecord',
  registerDeath: 'deathRecord',
  recordMarriage: 'marriageRecord',
  issueMoveLetter: 'moveLetter',
  acceptMoveIn: 'moveIn',
};
