/** The employment insurer's stand-in: participants, registrations that an officer may look at, bills that are paid. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { newsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { billDesk } from './simulator-bills.ts';
import { door } from './simulator-door.ts';
import { registrationDesk } from './simulator-registrations.ts';

/**
 * Acts: `pay {billNumber | requestId}` pays a bill, `autoPay {enabled, delayMs?}` pays each by itself, `expire
 * {billNumber | requestId}` ends one; `hold {}` leaves registrations undecided, `release {}` decides them, `delay {ms}`
 * is the time to a decision; `decide {registrationNumber | requestId, state}` decides one by hand, also against an
 * earlier decision. By itself it registers. A NIK that ends in 9921 is refused by an officer, 9922 left to one, 9923
 * not known, 9924 does not fit the name, 9925 is a participant already; looked for, one that ends in 9926 is no
 * participant and one that ends in 9927 an inactive one. `maintenance {enabled}` serves nobody.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const news = newsDesk(harness, options, '/employment/v1');
    const shared = door(harness, options);
    return {
      ...shared,
      ...registrationDesk(harness, options, news),
      ...billDesk(harness, options, news),
    };
  });

export const leaves: Leaves = {
  registerParticipant: 'participantRegistered',
  createContributionBill: 'contributionPaid',
};
