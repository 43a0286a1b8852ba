/** The immigration office's stand-in: places held for two hours, interviews, passports. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { passportOffice } from './simulator-office.ts';

/**
 * Acts: `pay {applicationNumber | requestId}` pays a bill in time, `autoPay {enabled, delayMs?}` pays each by itself;
 * `interview {applicationNumber | requestId}`, `miss` and `decide {…, state}` (READY, REFUSED) go on by hand; `hold {}`
 * keeps what was paid from going on by itself, `release {}` lets it; `delay {ms}` is the time between its stations.
 * By itself it interviews and issues what was paid, and lets go of what was not paid within two hours. A NIK that ends
 * in 9921 is refused, 9922 misses the interview, 9923 finds no place, 9924 does not fit the name, 9925 has another
 * application. An application number that it never gave out counts as one that was paid for.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => passportOffice(harness, options));

export const leaves: Leaves = { bookAppointment: 'appointmentConfirmed' };
