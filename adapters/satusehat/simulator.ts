/** SATUSEHAT's stand-in: tokens that end, masked people, transactions, consents and forms, in FHIR R4. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { consents } from './simulator-consents.ts';
import { frontDoor } from './simulator-door.ts';
import { records } from './simulator-records.ts';
import { registers } from './simulator-register.ts';

/**
 * By itself it knows everybody but a NIK that ends in 9921; a mother has one newborn, four days old, and twins when her
 * NIK ends in 9922. Organization 10000403 is closed to this client.
 * Acts: `expireTokens {}` ends every token; `born {motherNik, birthDate, sex}` reports a newborn (then only those told
 * count); `consent {ihsNumber, action}` sets OPTIN or OPTOUT; `pages {size}` answers searches so many at a time.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    const door = frontDoor(harness, options);
    const register = registers(harness, options);
    records(harness, options, register);
    const consent = consents(harness, options);
    return {
      async expireTokens() {
        door.expire();
        return {};
      },
      async born({ motherNik, birthDate, sex }) {
        if (typeof motherNik !== 'string' || typeof birthDate !== 'string')
          throw new Error('motherNik and birthDate are needed');
        register.born(motherNik, { birthDate, ...(sex !== undefined && { sex }) });
        return {};
      },
      consent: async ({ ihsNumber, action }) =>
        consent.set(ihsNumber as string, action as string, 'Petugas Contoh'),
      async pages({ size }) {
        register.pageSize(Number(size));
        return {};
      },
    };
  });

/** A consent is a state and carries no key of ours, so it is in no book. */
export const leaves: Leaves = {
  submitEncounter: 'encounter',
  submitQuestionnaireResponse: 'questionnaireResponse',
};
