/** The tax authority (DJP) and state revenue (MPN): taxpayer status, tax numbers, and state bills until they are paid. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { answerNews, readNews } from './billing-record.ts';
import { checkTaxpayer } from './check-taxpayer.ts';
import { createBilling } from './create-billing.ts';
import { errors } from './errors.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { signIn } from './sign-in.ts';
import { validateTaxNumber } from './validate-tax-number.ts';

export default {
  name: 'tax',
  version: '1.0.0',
  title: { id: 'Pajak dan penerimaan negara (DJP, MPN)', en: 'Tax and state revenue (DJP, MPN)' },
  settings,
  signIn,
  operations: { checkTaxpayer, validateTaxNumber, createBilling },
  hosted: { news: { tells: 'createBilling', path: '/news', read: readNews, answer: answerNews } },
  errors,
} satisfies Adapter;
