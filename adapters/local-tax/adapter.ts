/** A region's tax office (Bapenda): property tax and transfer duty, asked, paid and reversed in the region's own profile. */
import type { Adapter, Operation } from '../../src/adapter-kit/contract.ts';
import { errors } from './errors.ts';
import { asks, demands, pays, signIn } from './offers.ts';
import type { Bill, BillPayment, DutyCheck, DutyPayment, LandTransfer } from './profile.ts';
import checkTransferDutyInput from './schemas/checkTransferDuty.input.json' with { type: 'json' };
import checkTransferDutyOutput from './schemas/checkTransferDuty.output.json' with { type: 'json' };
import inquirePropertyTaxInput from './schemas/inquirePropertyTax.input.json' with { type: 'json' };
import inquirePropertyTaxOutput from './schemas/inquirePropertyTax.output.json' with { type: 'json' };
import notifyLandTransferInput from './schemas/notifyLandTransfer.input.json' with { type: 'json' };
import notifyLandTransferOutput from './schemas/notifyLandTransfer.output.json' with { type: 'json' };
import payPropertyTaxInput from './schemas/payPropertyTax.input.json' with { type: 'json' };
import payPropertyTaxOutput from './schemas/payPropertyTax.output.json' with { type: 'json' };
import payTransferDutyInput from './schemas/payTransferDuty.input.json' with { type: 'json' };
import payTransferDutyOutput from './schemas/payTransferDuty.output.json' with { type: 'json' };
import settings from './schemas/settings.json' with { type: 'json' };

const inquirePropertyTax: Operation<Bill> = {
  title: { id: 'Tanyakan PBB', en: 'Ask for a property tax bill' },
  effect: 'read',
  settings: demands('inquirePropertyTax'),
  input: inquirePropertyTaxInput,
  output: inquirePropertyTaxOutput,
  drops: { '/mustBePaid': 'Decides here whether an unpaid bill is a refusal.' },
  ...asks('inquirePropertyTax'),
};

/** Inquirable, for the weakest profile takes no reference that would make a repeat safe. */
const payPropertyTax: Operation<BillPayment> = {
  title: { id: 'Bayar PBB', en: 'Pay property tax' },
  effect: 'inquirable',
  money: true,
  settings: demands('payPropertyTax'),
  input: payPropertyTaxInput,
  output: payPropertyTaxOutput,
  ...pays('payPropertyTax'),
};

const checkTransferDuty: Operation<DutyCheck> = {
  title: { id: 'Konfirmasi BPHTB', en: 'Confirm a transfer duty' },
  effect: 'read',
  settings: demands('checkTransferDuty'),
  input: checkTransferDutyInput,
  output: checkTransferDutyOutput,
  drops: { '/nik': 'Compared here with the NIK that the tax office answers.' },
  ...asks('checkTransferDuty'),
};

const payTransferDuty: Operation<DutyPayment> = {
  title: { id: 'Bayar BPHTB', en: 'Pay transfer duty' },
  effect: 'inquirable',
  money: true,
  settings: demands('payTransferDuty'),
  input: payTransferDutyInput,
  output: payTransferDutyOutput,
  ...pays('payTransferDuty'),
};

/** Once: the form has no key and no question, and each message is a record at the tax office. */
const notifyLandTransfer: Operation<LandTransfer> = {
  title: { id: 'Kabarkan peralihan tanah', en: 'Tell of a land transfer' },
  effect: 'once',
  settings: demands('notifyLandTransfer'),
  input: notifyLandTransferInput,
  output: notifyLandTransferOutput,
  ...asks('notifyLandTransfer'),
};

export default {
  name: 'local-tax',
  version: '1.0.0',
  title: { id: 'Pajak daerah (Bapenda)', en: 'Local tax (Bapenda)' },
  settings,
  signIn,
  operations: { inquirePropertyTax, payPropertyTax, checkTransferDuty, payTransferDuty, notifyLandTransfer },
  errors,
} satisfies Adapter;
