/**
 * What a profile is: one region's way of speaking, behind the connector's operations. A profile offers what it has; a
 * fifth one is a file beside the others and a line in their list.
 */
import type {
  Call,
  ErrorRow,
  Outcome,
  SignIn,
  WireReply,
  WireRequest,
} from '../../src/adapter-kit/contract.ts';

export interface Bill {
  nop: string;
  taxYear: string;
  mustBePaid?: boolean;
}

export interface BillPayment {
  nop: string;
  taxYear: string;
  /** Exactly what the inquiry said, penalty included. */
  amount: number;
  penalty?: number;
  paidAt: string;
}

export interface DutyCheck {
  nop: string;
  ntpd: string;
  nik?: string;
}

export interface DutyPayment {
  nop: string;
  /** The payment code of the assessed duty. */
  billingCode: string;
  amount: number;
  paidAt: string;
}

export interface LandTransfer {
  deedNumber: string;
  deedDate: string;
  ppatName: string;
  nop: string;
  ntpd: string;
  parcelNumber: string;
  longitude?: string;
  latitude?: string;
  nik: string;
  npwp?: string;
  fullName: string;
  villageName: string;
  districtName: string;
  regencyName: string;
  landArea: number;
  rightType: string;
}

/** One exchange of a profile; synchronous, unlike the contract's, so that they can be put together. */
export interface Question<Input> {
  request(input: Input, call: Call): WireRequest;
  reply(wire: WireReply, input: Input, call: Call): Outcome;
}

/** A payment, the question what became of it, and its reversal on the same day. */
export interface Payment<Input> extends Question<Input> {
  inquiry: Question<Input>;
  reversal: Question<Input>;
}

export interface Profile {
  errors: ErrorRow[];
  signIn?: Pick<SignIn, 'open' | 'sign'>;
  inquirePropertyTax?: Question<Bill>;
  payPropertyTax?: Payment<BillPayment>;
  checkTransferDuty?: Question<DutyCheck>;
  payTransferDuty?: Payment<DutyPayment>;
  notifyLandTransfer?: Question<LandTransfer>;
}

export type OperationName = Exclude<keyof Profile, 'errors' | 'signIn'>;
