/** The stand-in's door in profile `bandarLampung`: five-minute tokens, and one code that says it all. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Duty, Office, Payment, PropertyBill } from './simulator-office.ts';

const TOKEN_MS = 300_000;
const UNKNOWN = ['13', 'ID Tidak Terdaftar'] as const;

type Answer = readonly [code: string, message: string, data?: JsonObject];
type Serve = (path: string, answer: (body: JsonObject) => Answer) => void;

export function bandarLampungDoor(harness: Harness, options: SimulatorOptions, office: Office): void {
  const tokens = new Map<string, number>();
  const { app } = harness;
  app.post('/Token/getToken', async (c) => {
    const { username, password } = await bodyOf(c);
    const { settings } = options;
    if (username !== settings['username'] || password !== settings['password']) {
      return c.json({ response_code: '01', response_message: 'Invalid username or password' });
    }
    const token = `jwt.contoh.${tokens.size + 1}`;
    tokens.set(token, options.now() + TOKEN_MS);
    const data = { username: username!, current_token: token };
    const expired = office.local(options.now() + TOKEN_MS);
    return c.json({ data, response_code: '00', response_message: 'Login success', expired });
  });
  const serve: Serve = (path, answer) => {
    app.post(path, async (c) => {
      const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
      const isLive = (tokens.get(token) ?? 0) > options.now();
      const [code, message, data] = isLive
        ? answer(await bodyOf(c))
        : ['05', 'Token tidak sesuai atau sudah expired'];
      // One of its codes comes in another envelope.
      if (code === '17') return c.json({ code, description: message });
      return c.json({ response_code: code, message, ...(data && { data }) }, code === '05' ? 401 : 200);
    });
  };
  property(serve, office);
  duty(serve, office, options);
}

function property(serve: Serve, office: Office): void {
  const find = ({ tax_year: year, tax_type: type, nop }: JsonObject): PropertyBill | undefined =>
    type === '0002' ? office.bill(String(nop), String(year)) : undefined;
  const dueOf = ({ principal, penalty }: PropertyBill): number => principal + penalty;

  serve('/InqPBB', (body) => {
    const bill = find(body);
    if (!bill) return UNKNOWN;
    return bill.payment ? paid(office, bill.payment, billData(bill)) : ['00', 'success', billData(bill)];
  });
  serve('/PayPBB', (body) => {
    const bill = find(body);
    if (!bill) return UNKNOWN;
    const told = toldIn(body, office);
    if (!told) return ['17', 'Tanggal bayar tidak sesuai format'];
    const taken = office.pay('propertyTaxPayment', bill, dueOf(bill), told);
    return answerTo(taken, office, bill.payment, billData(bill));
  });
  serve('/RevPBB', (body) => {
    const bill = find(body);
    return bill ? reversed(office, 'propertyTaxReversal', bill, body) : UNKNOWN;
  });
}

function duty(serve: Serve, office: Office, { settings }: SimulatorOptions): void {
  const find = ({ area_code: area, tax_type: type, billing_code: code }: JsonObject): Duty | undefined => {
    const isOurs = area === settings['areaCode'] && type === '0001' && /^\d{4,17}$/.test(String(code));
    const found = isOurs ? office.duty(String(code)) : undefined;
    return found?.expired ? undefined : found;
  };

  serve('/InqBPHTB', (body) => {
    const one = find(body);
    if (!one) return UNKNOWN;
    return one.payment ? paid(office, one.payment, dutyData(one)) : ['00', 'success', dutyData(one)];
  });
  serve('/PayBPHTB', (body) => {
    const one = find(body);
    if (!one) return UNKNOWN;
    const told = toldIn(body, office);
    if (!told) return ['17', 'Tanggal bayar tidak sesuai format'];
    return answerTo(
      office.pay('transferDutyPayment', one, one.amount, told),
      office,
      one.payment,
      dutyData(one),
    );
  });
  serve('/RevBPHTB', (body) => {
    const one = find(body);
    return one ? reversed(office, 'transferDutyReversal', one, body) : UNKNOWN;
  });
}

function billData(bill: PropertyBill): JsonObject {
  const { nop, taxYear, principal, penalty, dueDate, payment } = bill;
  return {
    tax_type: '0002',
    refnum: '-',
    total: String(principal + penalty),
    bill_amount: String(principal),
    penalty: String(penalty),
    ...{
      name: 'CONTOH WAJIB PAJAK',
      op_address: 'JALAN CONTOH 1',
      nop,
      due_date: dueDate,
      tax_year: taxYear,
    },
    ...{
      op_luas_bumi: '120',
      op_luas_bangunan: '60',
      op_njop_bumi: '120000000',
      op_njop_bangunan: '60000000',
    },
    status_bayar: payment ? 'LUNAS' : 'BELUM LUNAS',
  };
}

function dutyData({ billingCode, nop, amount, payment }: Duty): JsonObject {
  const named = { billing_code: billingCode, ...(nop !== '' && { nop }) };
  const status = payment ? 'LUNAS' : 'BELUM LUNAS';
  return { tax_type: '0001', refnum: '-', total: String(amount), ...named, status_bayar: status };
}

/** Amount, our reference and the time `dd-MM-yyyy HH:mm:ss`; null when the time has another form. */
function toldIn(body: JsonObject, office: Office): { reference: string; amount: number; at: number } | null {
  const form = /^(\d\d)-(\d\d)-(\d{4}) (\d\d:\d\d:\d\d)$/.exec(String(body['tanggal_bayar']));
  if (!form) return null;
  const at = office.timeOf(`${form[3]}-${form[2]}-${form[1]} ${form[4]}`);
  return { reference: String(body['payment_ref_number']), amount: Number(body['payment_amount']), at };
}

function answerTo(taken: string, office: Office, payment: Payment | undefined, data: JsonObject): Answer {
  if (taken === 'already') return paid(office, payment!, data);
  if (taken === 'later') return ['17', 'Tanggal bayar lebih baru dari sekarang'];
  if (taken === 'amount') return ['13', 'ID Tidak Sesuai'];
  return ['00', 'success', { ...data, refnum: refnumOf(office, payment!) }];
}

/** "Already paid", with the payment that did it unless references are hidden: one office tells, another does not. */
function paid(office: Office, payment: Payment, data: JsonObject): Answer {
  if (office.hidesReferences) return ['88', 'Tagihan Sudah di Bayar'];
  const whose = { payment_ref_number: payment.reference, refnum: refnumOf(office, payment) };
  return ['88', 'Tagihan Sudah di Bayar', { ...data, ...whose }];
}

/** `yyMMdd`, a running number, and the kind of tax. */
function refnumOf(office: Office, { at, serial }: Payment): string {
  return `${office.local(at).slice(2, 10).replaceAll('-', '')}${String(serial).padStart(5, '0')}02`;
}

function reversed(office: Office, effect: string, due: PropertyBill | Duty, { refnum }: JsonObject): Answer {
  const { payment } = due;
  if (!payment) return ['88', 'Tagihan Belum Lunas'];
  const isNamed = refnum === refnumOf(office, payment) || refnum === payment.reference;
  const done = office.reverse(effect, due, isNamed ? payment.reference : '');
  return done === 'reversed' ? ['00', 'SUCCESS'] : ['14', 'ID Tidak Terdaftar'];
}

async function bodyOf(c: Context): Promise<JsonObject> {
  return (await c.req.json().catch(() => ({}))) as JsonObject;
}
