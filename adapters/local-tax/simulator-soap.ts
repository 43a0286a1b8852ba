/** The stand-in's door in profile `soap`: envelopes read and written by hand, credentials in their header, both versions. */
import type { Context } from 'hono';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Due, Duty, Office } from './simulator-office.ts';

const NAMESPACE = 'urn:jembatan:pajak-daerah:1';
const ENVELOPES = {
  '1.1': { uri: 'http://schemas.xmlsoap.org/soap/envelope/', type: 'text/xml' },
  '1.2': { uri: 'http://www.w3.org/2003/05/soap-envelope', type: 'application/soap+xml' },
};
type Version = keyof typeof ENVELOPES;
type Fields = Record<string, string>;

export function soapDoor({ app }: Harness, options: SimulatorOptions, office: Office): void {
  const { settings } = options;
  const version: Version = settings['soapVersion'] === '1.2' ? '1.2' : '1.1';
  const answers = answersOf(office, options);
  app.post('/pajak-daerah', async (c) => {
    const xml = await c.req.text();
    const name = /<\w+:Body>\s*<\w+:(\w+)/.exec(xml)?.[1] ?? '';
    if (!isEnvelope(c, xml, version, name)) return fault(c, version, '30', 'Amplop tidak dikenal');
    const fields = fieldsOf(xml);
    if (fields['Username'] !== settings['username'] || fields['Password'] !== settings['password']) {
      return fault(c, version, '01', 'Username atau password salah');
    }
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    return answer
      ? respond(c, version, name, answer(fields))
      : fault(c, version, '30', 'Layanan tidak dikenal');
  });
}

/** The version's namespace, media type and way of naming the action. */
function isEnvelope(c: Context, xml: string, version: Version, name: string): boolean {
  const { uri, type } = ENVELOPES[version];
  const told = c.req.header('content-type') ?? '';
  const action = `"${NAMESPACE}#${name}"`;
  const named = version === '1.1' ? c.req.header('soapaction') === action : told.includes(`action=${action}`);
  return named && told.startsWith(type) && xml.includes(`"${uri}"`) && xml.includes(`"${NAMESPACE}"`);
}

/** Every element that holds text, by its name without prefix. */
function fieldsOf(xml: string): Fields {
  const leaves = xml.matchAll(/<(?:\w+:)?(\w+)>([^<]*)<\/(?:\w+:)?\1>/g);
  return Object.fromEntries([...leaves].map(([, name, text]) => [name!, unescaped(text!)]));
}

type Answer = (fields: Fields) => Fields;

function answersOf(office: Office, options: SimulatorOptions): Record<string, Answer> {
  const timeOf = ({ TanggalBayar }: Fields): number => Date.parse(TanggalBayar ?? '');
  const whose = ({ payment }: Due): Fields => {
    const { ntpd, amount, reference, at } = payment!;
    const known = { NTPD: ntpd, Jumlah: String(amount), TanggalBayar: office.local(at) };
    return {
      Kode: '88',
      Keterangan: 'Sudah dibayar',
      ...known,
      ...(!office.hidesReferences && { Referensi: reference }),
    };
  };
  return {
    InquiryPBB({ NOP = '', Tahun = '' }) {
      const bill = office.bill(NOP, Tahun);
      if (!bill) return { Kode: '13', Keterangan: 'Objek pajak tidak ditemukan' };
      const { principal, penalty, dueDate, payment } = bill;
      const amounts = {
        Pokok: String(principal),
        Denda: String(penalty),
        Jumlah: String(principal + penalty),
      };
      const object = {
        NOP,
        Tahun,
        NamaWP: 'CONTOH WAJIB PAJAK',
        AlamatOP: 'JALAN CONTOH 1',
        JatuhTempo: dueDate,
      };
      return { Kode: '00', Keterangan: 'Sukses', ...object, ...amounts, ...(payment && whose(bill)) };
    },
    PaymentPBB(fields) {
      const bill = office.bill(fields['NOP'] ?? '', fields['Tahun'] ?? '');
      if (!bill) return { Kode: '13', Keterangan: 'Objek pajak tidak ditemukan' };
      if (bill.principal === 0) return { Kode: '06', Keterangan: 'Tagihan nihil' };
      const told = { reference: fields['Referensi']!, amount: Number(fields['Jumlah']), at: timeOf(fields) };
      const taken = office.pay('propertyTaxPayment', bill, bill.principal + bill.penalty, told);
      if (taken === 'taken') return { ...whose(bill), Kode: '00', Keterangan: 'Sukses' };
      if (taken === 'already') return whose(bill);
      return taken === 'later'
        ? { Kode: '17', Keterangan: 'Tanggal bayar tidak sesuai' }
        : { Kode: '12', Keterangan: 'Jumlah tidak sesuai' };
    },
    ReversalPBB({ NOP = '', Tahun = '', Referensi = '' }) {
      const bill = office.bill(NOP, Tahun);
      return bill
        ? undone(office, 'propertyTaxReversal', bill, Referensi)
        : { Kode: '13', Keterangan: 'Tidak ditemukan' };
    },
    KonfirmasiBPHTB({ NOP = '', NTPD = '' }) {
      const { nop, both } = office.dutyByNtpd(NOP, NTPD);
      if (!both)
        return nop
          ? { Kode: '15', Keterangan: 'NTPD tidak ditemukan' }
          : { Kode: '13', Keterangan: 'NOP tidak ditemukan' };
      const { amount, at } = both.payment!;
      const paid = { Lunas: 'Y', Jumlah: String(amount), TanggalBayar: office.local(at).slice(0, 10) };
      return { Kode: '00', Keterangan: 'Sukses', NOP, NTPD, NIK: both.nik, Nama: 'CONTOH PEMBELI', ...paid };
    },
    ...dutyAnswers(office, options, timeOf),
  };
}

function dutyAnswers(
  office: Office,
  options: SimulatorOptions,
  timeOf: (fields: Fields) => number,
): Record<string, Answer> {
  const find = ({ KodeBayar = '' }: Fields): Duty | undefined => {
    const duty = office.duty(KodeBayar);
    return duty?.expired ? undefined : duty;
  };
  const none = { Kode: '13', Keterangan: 'Kode bayar tidak ditemukan' };
  const already = { Kode: '88', Keterangan: 'Sudah dibayar' };
  /** What an officer has found by now. */
  const stateOf = (duty: Duty, reference: string): Fields => {
    const { payment } = duty;
    if (!payment) return none;
    if (payment.reference !== reference) return { ...already, Referensi: payment.reference };
    if (options.now() < payment.at + office.validateMs)
      return { Kode: '02', Keterangan: 'Menunggu pengesahan' };
    const short = duty.assessed - duty.paidBefore - payment.amount;
    if (short > 0) return { Kode: '03', Keterangan: 'Kurang bayar', Kekurangan: String(short) };
    return { Kode: '00', Keterangan: 'Sah', NTPD: payment.ntpd, Jumlah: String(payment.amount) };
  };
  return {
    PaymentBPHTB(fields) {
      const duty = find(fields);
      if (!duty) return none;
      const reference = fields['Referensi']!;
      const isShort = duty.payment && stateOf(duty, duty.payment.reference)['Kode'] === '03';
      if (isShort && duty.payment!.reference !== reference) {
        // The rest of it: a payment of its own under the same code.
        duty.paidBefore += duty.payment!.amount;
        duty.amount = duty.assessed - duty.paidBefore;
        delete duty.payment;
      }
      if (duty.nop === '') duty.nop = fields['NOP']!;
      const told = { reference, amount: Number(fields['Jumlah']), at: timeOf(fields) };
      const taken = office.pay('transferDutyPayment', duty, duty.amount, told);
      if (taken === 'later') return { Kode: '17', Keterangan: 'Tanggal bayar tidak sesuai' };
      return taken === 'amount'
        ? { Kode: '12', Keterangan: 'Jumlah tidak sesuai' }
        : stateOf(duty, reference);
    },
    StatusBPHTB(fields) {
      const duty = find(fields);
      return duty ? stateOf(duty, fields['Referensi']!) : none;
    },
    ReversalBPHTB(fields) {
      const duty = find(fields);
      return duty ? undone(office, 'transferDutyReversal', duty, fields['Referensi']!) : none;
    },
  };
}

function undone(office: Office, effect: string, due: Due, reference: string): Fields {
  const done = office.reverse(effect, due, reference);
  if (done === 'reversed') return { Kode: '00', Keterangan: 'Sukses' };
  if (done === 'notPaid') return { Kode: '89', Keterangan: 'Belum dibayar' };
  return done === 'late'
    ? { Kode: '33', Keterangan: 'Lewat hari pembayaran' }
    : { Kode: '14', Keterangan: 'Referensi tidak sesuai' };
}

function respond(c: Context, version: Version, name: string, fields: Fields): Response {
  const inner = elements(fields, 'pd:');
  return envelope(
    c,
    version,
    `<pd:${name}Response xmlns:pd="${NAMESPACE}">${inner}</pd:${name}Response>`,
    200,
  );
}

function fault(c: Context, version: Version, code: string, words: string): Response {
  const detail = `<pd:Kode xmlns:pd="${NAMESPACE}">${code}</pd:Kode>`;
  const body =
    version === '1.1'
      ? `<s:Fault><faultcode>s:Client</faultcode><faultstring>${words}</faultstring><detail>${detail}</detail></s:Fault>`
      : `<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="id">${words}</s:Text></s:Reason><s:Detail>${detail}</s:Detail></s:Fault>`;
  return envelope(c, version, body, version === '1.1' ? 500 : 400);
}

function envelope(c: Context, version: Version, body: string, status: 200 | 400 | 500): Response {
  const { uri, type } = ENVELOPES[version];
  const xml = `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${uri}"><s:Body>${body}</s:Body></s:Envelope>`;
  return c.body(xml, status, { 'content-type': `${type}; charset=utf-8` });
}

function elements(fields: Fields, prefix: string): string {
  return Object.entries(fields)
    .map(([name, text]) => `<${prefix}${name}>${escaped(text)}</${prefix}${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
