/** The tax authority's and the state revenue's stand-in: a taxpayer register, and bills that citizens pay. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { billingDesk } from './simulator-billing.ts';
import { frontDoor } from './simulator-door.ts';
import { register } from './simulator-register.ts';

/**
 * Acts: `taxpayer {npwp, name?, status?, statusWp?}` puts a number into the register; `pay {kd_billing | noReferensi}`
 * takes the money and tells it; `expire {kd_billing | noReferensi}` ends a bill now; `autoPay {enabled, delayMs}` lets
 * every new bill pay itself; `validity {hours}` is the life of new bills.
 * News faults match `/news` or `/mpn/v1/billings`.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const door = frontDoor(harness, options);
    return { ...register(harness), ...billingDesk(harness, door.news) };
  });

export const leaves: Leaves = { createBilling: 'payment' };
