/** Business licensing (OSS RBA), both ways: OSS hands us a NIB to decide, we hand it statuses and the licence. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { errors } from './answers.ts';
import { hosted } from './hosted.ts';
import { checkBusiness, checkLicenseStatus, findBusiness } from './look-up.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { sendLicense, sendLicenseStatus } from './send-license.ts';
import { sign, verify } from './token.ts';

export default {
  name: 'licensing',
  version: '1.0.0',
  title: { id: 'Perizinan berusaha (OSS RBA)', en: 'Business licensing (OSS RBA)' },
  settings,
  signIn: { sign, verify },
  operations: { sendLicense, sendLicenseStatus, checkLicenseStatus, findBusiness, checkBusiness },
  hosted,
  errors,
} satisfies Adapter;
