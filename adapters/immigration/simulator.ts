/** The immigration office's stand-in: places held for two hours, interviews, passports. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { passportOffice } from './simulator-doors.ts';

/**
 * Acts: `pay {applicationNumber | requestId}` pays a bill in time, `autoPay {enabled, delayMs?}` pays each by itself;
 * `interview {applicationNumber | requestId}`, `miss` and `decide {…, state}` (ADJUDICATED, REFUSED, READY) go on by
 * hand; `hold {}` keeps what is scheduled from going on by itself, `release {}` lets it; `delay {ms}` is the time between
 * its stations. By itself it interviews, decides and issues what was paid or is free, and lets go of what was not paid within two hours;
 * who missed an appointment gets one more. A NIK that ends in 9921 is refused, 9922 misses both appointments, 9923 finds
 * no place, 9924 does not fit the name, 9925 has another application, 9926 misses the first appointment only, 9927 has no
 * right to a waiver. An application number that it never gave out counts as one that was paid for.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => passportOffice(harness, options));

export const leaves: Leaves = { bookAppointment: 'appointmentConfirmed' };
