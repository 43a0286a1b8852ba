/** The stand-in of SP4N-LAPOR behind SPLP. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { complaintDesk } from './simulator-desk.ts';

/**
 * Acts: `answer {ticket, text?, by?}` adds a follow-up; `pages {size}` sets how many stand on a page (2 at first);
 * `state {ticket}` tells `open`, `rejected` or `unknown`. Every complaint sent is another complaint. A ticket that ends
 * in 9913 is not known; the gateway refuses a wrong `auth` or `token` as one for another API.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => complaintDesk(harness, options));

export const leaves: Leaves = { forwardComplaint: 'complaint', rejectComplaint: 'complaintRejected' };
