/** A region's tax office as a stand-in: one set of books, and a door for each profile, of which settings open one. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { bandarLampungDoor } from './simulator-bandar-lampung.ts';
import { bpnDoor } from './simulator-bpn.ts';
import { taxOffice } from './simulator-office.ts';
import { pathDoor } from './simulator-path.ts';
import { soapDoor } from './simulator-soap.ts';

const DOORS = { bpn: bpnDoor, bandarLampung: bandarLampungDoor, path: pathDoor, soap: soapDoor };

/**
 * Acts: `bill {nop, taxYear, principal, penalty?, dueDate?}` and `duty {billingCode, nop, amount, assessed?, nik?}` put
 * something into the books; `pay {nop, taxYear}` or `pay {billingCode}` lets somebody else pay; `expire {billingCode}`
 * ends a payment code; `hideReferences {enabled}` lets "already paid" be said without a word of whose payment it was;
 * `validateAfter {ms}` is the time until an officer has validated a duty (profile soap); `transfers {}` shows what BPN
 * has told.
 * An NTPD `SIM0…` is the receipt of a duty paid before. A NOP whose sequence is 9913 is not registered, one of 9988 was paid by somebody else, one of 9903 owes nothing.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const office = taxOffice(harness, options);
    DOORS[options.settings['profile'] as keyof typeof DOORS](harness, options, office);
    return office.acts;
  });

/** Profile path sends no key of ours: its payments stand in the book under `NOP/year`. */
export const leaves: Leaves = {
  payPropertyTax: 'propertyTaxPayment',
  payTransferDuty: 'transferDutyPayment',
};
