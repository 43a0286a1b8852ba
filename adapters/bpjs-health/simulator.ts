/** BPJS Kesehatan's stand-in: VClaim, Antrean and PCare behind one signature check, their good answers sealed. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { queues } from './simulator-antrean.ts';
import { frontDoor } from './simulator-door.ts';
import { memberships } from './simulator-membership.ts';
import { healthCentre } from './simulator-pcare.ts';
import { members } from './simulator-vclaim.ts';

/**
 * By itself it knows every member but a NIK or card that ends in 9921; one that ends in 9922 is inactive; ending the
 * membership of one that ends in 9923 ends somebody else's. The booking
 * CONTOH-0001 stands from the start.
 * Acts: `breakSeal {}` seals answers with another key; `book {bookingCode, newPatient}` has the hospital book by itself;
 * `crowd {date, count}` registers other visits at the health centre (date dd-MM-yyyy).
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const door = frontDoor(harness, options);
    members(harness, door);
    memberships(harness, door, options);
    const queue = queues(harness, door);
    const centre = healthCentre(harness, door);
    return {
      async breakSeal() {
        door.breakSeal();
        return {};
      },
      async book({ bookingCode, newPatient }) {
        queue.book(bookingCode as string, newPatient === true);
        return {};
      },
      async crowd({ date, count }) {
        centre.crowd(date as string, Number(count));
        return {};
      },
    };
  });

/** Tasks, cancellations by others' hand and visits carry no key of ours, so they are in no book. */
export const leaves: Leaves = { addQueue: 'queueBooking', changeMembership: 'membershipChange' };
