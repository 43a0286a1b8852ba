/** Electronic signatures of BSrE (BSSN) through its Esign Client Service, version 1 or 2 as the settings say. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { checkSigner, verifyDocument } from './check.ts';
import { errors } from './refusals.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { sealDocument, signDocument } from './sign.ts';

export default {
  name: 'e-signature',
  version: '1.0.0',
  title: { id: 'Tanda tangan elektronik (BSrE)', en: 'Electronic signature (BSrE)' },
  settings,
  signIn: { scheme: 'basic' },
  operations: { signDocument, checkSigner, verifyDocument, sealDocument },
  errors,
} satisfies Adapter;
