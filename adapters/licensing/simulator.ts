/** OSS's stand-in: takes licences and statuses, answers questions, and calls our side as OSS would. */
import { simulator, type Leaves, type MakeSimulator } from '../../src/adapter-kit/simulator.ts';
import { pushes, type Pushes } from './simulator-pushes.ts';
import { register, type Register } from './simulator-register.ts';

/**
 * Acts: `pushNib {nib?, licenseId?, regionDigits?, documentType?, fields?, token?}` sends a NIB with a licence to
 * decide, and returns what our side answered; `pushFile {licenseId, token?}` hands the signed licence back;
 * `decide {licenseId, status}` moves a licence on, along the ways that OSS allows; `hold {}` keeps signed files back,
 * `release {}` sends them. By itself it signs an issued licence 200 ms after it came. `token` is `sha1`, `plain` or
 * `wrong`. News faults: `duplicateNews` matches `/receiveNIB` and `/receiveFileDS`, `lateNews` `/receiveFileDS`.
 */
export const makeSimulator: MakeSimulator = (options) =>
  simulator(options, (harness) => {
    let known: Register | null = null;
    const calls: Pushes = pushes(harness, options, () => known!);
    known = register(harness, options, (license) => calls.issued(license));
    return calls.acts;
  });

export const leaves: Leaves = { sendLicense: 'license', sendLicenseStatus: 'licenseStatus' };
