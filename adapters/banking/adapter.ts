/** Banks that speak SNAP BI: bills by virtual account, QRIS and direct debit, told by the bank or asked for, and the day's list. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { collectPayment } from './collect-payment.ts';
import { dailyReconciliation } from './daily-reconciliation.ts';
import { chargeByDirectDebit } from './direct-debit.ts';
import { errors } from './errors.ts';
import { hosted } from './hosted.ts';
import { collectByQris } from './qris.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { transferStatus } from './transfer-status.ts';

export default {
  name: 'banking',
  version: '1.1.0',
  title: { id: 'Bank (SNAP BI)', en: 'Bank (SNAP BI)' },
  settings,
  signIn: { scheme: 'snapBi' },
  operations: { collectPayment, collectByQris, chargeByDirectDebit, transferStatus, dailyReconciliation },
  hosted,
  errors,
} satisfies Adapter;
