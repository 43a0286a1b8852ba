/** Profile `soap`: a SOAP service of our own form, for offices that keep to XML: bills, payments, reversals, transfer duty. */
import type {
  Call,
  JsonObject,
  JsonValue,
  Outcome,
  WireReply,
  WireRequest,
} from '../../../src/adapter-kit/contract.ts';
import { asQuestion, BAD_RESPONSE, failureOf, rowsOf, type CodeTable } from '../codes.ts';
import {
  AT_WORK,
  BAD_REQUEST,
  NO_ACCESS,
  NO_NTPD,
  NO_OBJECT,
  NOTHING_DUE,
  OFFICE_FAILED,
  PAYER_UNKNOWN,
  TOO_LATE,
  WRONG_AMOUNT,
  WRONG_DATE,
  WRONG_REFERENCE,
} from '../meanings.ts';
import { billed, confirmed, paidAlready, paidFor, type Booked } from '../outcomes.ts';
import type { Bill, BillPayment, DutyCheck, DutyPayment, Payment, Profile } from '../profile.ts';
import { area, dateOf, nopDigits, object, printed, rupiah, text } from '../values.ts';

const SERVICE = '/pajak-daerah';
const NAMESPACE = 'urn:jembatan:pajak-daerah:1';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

const CODES: CodeTable = {
  '01': NO_ACCESS,
  '05': OFFICE_FAILED,
  '06': NOTHING_DUE,
  '12': WRONG_AMOUNT,
  '13': NO_OBJECT,
  '14': WRONG_REFERENCE,
  '15': NO_NTPD,
  '17': WRONG_DATE,
  '30': BAD_REQUEST,
  '33': TOO_LATE,
  '88': PAYER_UNKNOWN,
  '91': AT_WORK,
};
const DONE = '00';
/** Of a transfer duty: paid, and still to be validated by an officer; and found to be too little. */
const VALIDATING = '02';
const UNDERPAID = '03';
const NOT_FOUND = '13';
const ALREADY_PAID = '88';
const NOT_YET_PAID = '89';

function envelope(name: string, fields: JsonObject, { settings }: Call): WireRequest {
  const elements = Object.entries(fields).map(([key, value]) => [`pd:${key}`, String(value)]);
  const token = { 'wsse:Username': settings['username']!, 'wsse:Password': settings['password']! };
  return {
    method: 'POST',
    path: SERVICE,
    body: {
      soap: {
        version: settings['soapVersion'] === '1.2' ? '1.2' : '1.1',
        action: `${NAMESPACE}#${name}`,
        namespaces: { pd: NAMESPACE, wsse: WSSE },
        header: { 'wsse:Security': { 'wsse:UsernameToken': token } },
        body: { [`pd:${name}`]: Object.fromEntries(elements) as JsonObject },
      },
    },
  };
}

interface Said {
  code: string;
  words: string;
  data: JsonObject;
}

/** The named answer, or a fault's own code; empty when it is neither. */
function said(wire: WireReply, name: string, { tools }: Call): Said {
  const reply = tools.soap(wire);
  if (reply?.is === 'fault') {
    return { code: text(plain(reply.detail)['Kode']), words: reply.text, data: {} };
  }
  const data = plain(reply?.body[`${name}Response`]);
  return { code: text(data['Kode']), words: text(data['Keterangan']), data };
}

/** Elements as their texts: many servers write a type or a namespace on each, and then the text stands apart. */
function plain(element: JsonValue | undefined): JsonObject {
  const fields = Object.entries(object(element));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : text(object(value)['_'])]),
  );
}

function failure({ code, words }: Said, wire: WireReply, call: Call): Outcome {
  const known = code === DONE ? '' : code;
  return failureOf(CODES, known, words, wire, call);
}

const billName = ({ nop, taxYear }: { nop: string; taxYear: string }): JsonObject => {
  return { NOP: nopDigits(nop), Tahun: taxYear };
};

function billReply(wire: WireReply, input: Bill, call: Call): Outcome {
  const answer = said(wire, 'InquiryPBB', call);
  const { code, data } = answer;
  if (code !== DONE && code !== ALREADY_PAID) return failure(answer, wire, call);
  const amount = rupiah(data['Jumlah']);
  if (text(data['NOP']) !== nopDigits(input.nop) || amount === null) return BAD_RESPONSE;
  return billed(input, code === ALREADY_PAID, {
    amount,
    principal: rupiah(data['Pokok']),
    penalty: rupiah(data['Denda']),
    dueDate: dateOf(data['JatuhTempo']),
    ownerName: text(data['NamaWP']),
    address: text(data['AlamatOP']),
    landArea: area(data['LuasTanah']),
    buildingArea: area(data['LuasBangunan']),
    ntpd: text(data['NTPD']),
  });
}

function bookedIn(data: JsonObject, reference: string): Booked | null {
  const ntpd = text(data['NTPD']);
  return ntpd === '' ? null : { ntpd, reference, amount: rupiah(data['Jumlah']) };
}

function payment(): Payment<BillPayment> {
  const already = ({ data }: Said, input: BillPayment, call: Call): Outcome =>
    paidAlready(input, call, text(data['Referensi']), bookedIn(data, call.key));
  return {
    request(input, call) {
      const { amount, penalty = 0, paidAt } = input;
      const amounts = { Pokok: amount - penalty, Denda: penalty, Jumlah: amount };
      const fields = { ...billName(input), ...amounts, TanggalBayar: paidAt, Referensi: call.key };
      return envelope('PaymentPBB', fields, call);
    },
    reply(wire, input, call) {
      const answer = said(wire, 'PaymentPBB', call);
      if (answer.code === ALREADY_PAID) return already(answer, input, call);
      const booked = answer.code === DONE ? bookedIn(answer.data, call.key) : null;
      return booked ? paidFor(input, booked) : failure(answer, wire, call);
    },
    inquiry: {
      request: (input, call) => envelope('InquiryPBB', billName(input), call),
      reply(wire, input, call) {
        const answer = said(wire, 'InquiryPBB', call);
        if (answer.code === ALREADY_PAID) return already(answer, input, call);
        const isOurs = text(answer.data['NOP']) === nopDigits(input.nop);
        if (answer.code === DONE && isOurs) return { is: 'retry', code: 'NOT_RECEIVED' };
        return asQuestion(failure(answer, wire, call));
      },
    },
    reversal: reversal('ReversalPBB', billName),
  };
}

function reversal<Input>(name: string, named: (input: Input) => JsonObject): Payment<Input>['reversal'] {
  return {
    request: (input, call) => envelope(name, { ...named(input), Referensi: call.key }, call),
    reply(wire, _input, call) {
      const answer = said(wire, name, call);
      // Not paid, or not any more: there is nothing to undo.
      if (answer.code === DONE || answer.code === NOT_YET_PAID) return { is: 'ok', output: {} };
      return failure(answer, wire, call);
    },
  };
}

function checkReply(wire: WireReply, input: DutyCheck, call: Call): Outcome {
  const answer = said(wire, 'KonfirmasiBPHTB', call);
  const { code, data } = answer;
  if (code !== DONE) return failure(answer, wire, call);
  const paid = text(data['Lunas']);
  const isAsked = text(data['NOP']) === nopDigits(input.nop) && text(data['NTPD']) === input.ntpd;
  if (!isAsked || (paid !== 'Y' && paid !== 'T')) return BAD_RESPONSE;
  return confirmed(input, paid === 'Y', text(data['NIK']), {
    ntpd: input.ntpd,
    amount: rupiah(data['Jumlah']),
    paidOn: dateOf(data['TanggalBayar']),
    payerName: text(data['Nama']),
    landArea: area(data['LuasTanah']),
    buildingArea: area(data['LuasBangunan']),
  });
}

/** A duty is paid by its code, then validated by an officer, who gives the NTPD or finds that it was too little. */
function dutyReply(answer: Said, input: DutyPayment, call: Call): Outcome | null {
  const { code, data } = answer;
  if (code === ALREADY_PAID) {
    return paidAlready(input, call, text(data['Referensi']), bookedIn(data, call.key));
  }
  if (code === VALIDATING) {
    return {
      is: 'pending',
      reference: input.billingCode,
      awaits: 'agency',
      shown: { billingCode: input.billingCode },
    };
  }
  if (code === UNDERPAID) {
    const short = rupiah(data['Kekurangan']);
    return short !== null && short > 0 ? underpaid(short) : BAD_RESPONSE;
  }
  const booked = code === DONE ? bookedIn(data, call.key) : null;
  return booked && paidFor(input, booked);
}

/** The step begins a new round, which pays the rest under the same payment code. */
function underpaid(short: number): Outcome {
  const text = {
    id: `BPHTB kurang bayar ${printed(short)}. Bayar kekurangannya agar NTPD terbit.`,
    en: `The transfer duty is short of ${printed(short)}. Pay the rest for the NTPD to be issued.`,
  };
  return { is: 'sendBack', corrections: [{ pointer: '/amount', code: 'TAX_UNDERPAID', text }] };
}

const payDuty: Payment<DutyPayment> = {
  request({ nop, billingCode, amount, paidAt }, call) {
    const fields = { NOP: nopDigits(nop), KodeBayar: billingCode, Jumlah: amount };
    return envelope('PaymentBPHTB', { ...fields, TanggalBayar: paidAt, Referensi: call.key }, call);
  },
  reply(wire, input, call) {
    const answer = said(wire, 'PaymentBPHTB', call);
    return dutyReply(answer, input, call) ?? failure(answer, wire, call);
  },
  inquiry: {
    request: ({ billingCode }, call) =>
      envelope('StatusBPHTB', { KodeBayar: billingCode, Referensi: call.key }, call),
    reply(wire, input, call) {
      const answer = said(wire, 'StatusBPHTB', call);
      // A payment that was once taken did arrive.
      if (answer.code === NOT_FOUND && call.reference === undefined)
        return { is: 'retry', code: 'NOT_RECEIVED' };
      return dutyReply(answer, input, call) ?? asQuestion(failure(answer, wire, call));
    },
  },
  reversal: reversal('ReversalBPHTB', ({ billingCode }) => ({ KodeBayar: billingCode })),
};

export const soap: Profile = {
  errors: rowsOf('soap', CODES),
  inquirePropertyTax: {
    request: (input, call) => envelope('InquiryPBB', billName(input), call),
    reply: billReply,
  },
  payPropertyTax: payment(),
  checkTransferDuty: {
    request: ({ nop, ntpd }, call) => envelope('KonfirmasiBPHTB', { NOP: nopDigits(nop), NTPD: ntpd }, call),
    reply: checkReply,
  },
  payTransferDuty: payDuty,
};
