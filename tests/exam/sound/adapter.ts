/** A permit office, as small as an adapter can be that shows every effect: sound, and the ground of the bad ones. */
import type { Adapter } from '../../../src/adapter-kit/contract.ts';
import { errors } from './errors.ts';
import { hosted } from './news.ts';
import { checkPerson, registerPermit, sendLetter } from './operations.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { signIn } from './sign-in.ts';

export default {
  name: 'permit-office',
  version: '1.0.0',
  title: { id: 'Kantor izin contoh', en: 'Example permit office' },
  settings,
  signIn,
  operations: { registerPermit, checkPerson, sendLetter },
  hosted,
  errors,
} satisfies Adapter;
