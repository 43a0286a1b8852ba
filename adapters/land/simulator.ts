/** The land office's stand-in: a land book, holds on its titles, and tickets that are paid, worked on and decided. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { landOffice } from './simulator-office.ts';

/**
 * Acts: `pay {ticketNumber | requestId}` pays a payment order, `autoPay {enabled, delayMs?}` pays each by itself;
 * `hold {}` leaves paid tickets undecided, `release {}` decides them; `delay {ms}` is the time to a decision;
 * `decide {ticketNumber | requestId, status, reason?}` decides one by hand, also against an earlier decision;
 * `expire {ticketNumber | requestId}` ends an order that nobody paid; `otherHold {certificateNumber, days?}` is somebody
 * else's hold on a title, `endHold {requestId}` ends one before its day.
 * By itself it registers what was paid. A certificate that ends in 9921 is blocked, 9922 in dispute, 9923 unknown,
 * 9924 mortgaged, and a holder whose NIK ends in 9929 is not its holder; a buyer whose NIK ends in 9921 is refused, one that ends in 9922 is left to an officer.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => landOffice(harness, options));

export const leaves: Leaves = { holdTitle: 'titleHeld', submitTransfer: 'titleTransferred' };
