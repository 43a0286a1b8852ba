/** State bills of the stand-in: a code with an expiry clock, paid once, told as news; a second POST is a second bill. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';

const PATH = '/mpn/v1/billings';
const HOUR_MS = 3_600_000;
/** Seven days, as on a printed sample. */
const VALID_HOURS = 168;
const JAKARTA_MS = 7 * HOUR_MS;
const NOT_FOUND = { errorCode: '10', errorMessage: 'Kode billing tidak ditemukan' };

interface Bill {
  noReferensi: string;
  kd_billing: string;
  nominal: number;
  createdAt: number;
  expiresAt: number;
  cancelled?: true;
  payment?: { ntpn: string; ntb: string; at: number };
}

interface Desk {
  all: Bill[];
  validHours: number;
  autoPayMs: number | null;
  now(): number;
  find(named: JsonObject): Bill | undefined;
  record(bill: Bill): JsonObject;
  /** Takes the money and tells it; the status that the bus answered, or 0 when it is told later. */
  pay(bill: Bill): Promise<number>;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function billingDesk(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  const desk = makeDesk(harness, options, news);
  createRoute(harness, options, desk, news);
  otherRoutes(harness, desk);
  return acts(desk, news);
}

function makeDesk(harness: Harness, options: SimulatorOptions, news: NewsDesk): Desk {
  const all: Bill[] = [];
  const now = (): number => options.now();
  const desk: Desk = {
    all,
    validHours: VALID_HOURS,
    autoPayMs: null,
    now,
    find: ({ kd_billing: code, noReferensi: reference }) =>
      all.findLast((one) => one.kd_billing === code || one.noReferensi === reference),
    record: (bill) => recordOf(bill, now()),
    async pay(bill) {
      const serial = String(all.indexOf(bill) + 1);
      bill.payment = { ntpn: `SIM${serial.padStart(13, '0')}`, ntb: serial.padStart(12, '9'), at: now() };
      harness.enter('payment', bill.noReferensi, { kd_billing: bill.kd_billing, nominal: bill.nominal });
      const late = news.lateness();
      if (late === 0) return news.tell(desk.record(bill));
      options.after(late, () => void news.tell(desk.record(bill)));
      return 0;
    },
  };
  return desk;
}

function recordOf(bill: Bill, now: number): JsonObject {
  const { noReferensi, kd_billing: code, nominal, createdAt, expiresAt, payment } = bill;
  const state = expiresAt <= now ? 'EXPIRED' : 'ACTIVE';
  return {
    noReferensi,
    kd_billing: code,
    nominal: String(nominal),
    tgl_billing: jakarta(createdAt),
    tgl_expire: jakarta(expiresAt),
    status: payment ? 'PAID' : bill.cancelled ? 'CANCELLED' : state,
    ...(payment && { ntpn: payment.ntpn, ntb: payment.ntb, tgl_bayar: jakarta(payment.at) }),
  };
}

function jakarta(time: number): string {
  return new Date(time + JAKARTA_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function createRoute(harness: Harness, options: SimulatorOptions, desk: Desk, news: NewsDesk): void {
  harness.app.post(PATH, async (c) => {
    const body = await bodyOf(c);
    const wrong = faultOf(body);
    if (wrong) return c.json(wrong, 200);
    const serial = String(desk.all.length + 1).padStart(10, '0');
    const bill: Bill = {
      noReferensi: body['noReferensi'] as string,
      kd_billing: `09901${serial}`,
      nominal: body['jumlahSetor'] as number,
      createdAt: desk.now(),
      expiresAt: desk.now() + desk.validHours * HOUR_MS,
    };
    desk.all.push(bill);
    harness.enter('billing', bill.noReferensi, { kd_billing: bill.kd_billing });
    const answer = desk.record(bill);
    if (news.overtakes()) await desk.pay(bill);
    const payAlone = (): void => {
      if (desk.record(bill)['status'] === 'ACTIVE') void desk.pay(bill);
    };
    if (desk.autoPayMs !== null) options.after(desk.autoPayMs, payAlone);
    return c.json(answer, 201);
  });
}

function faultOf({ noReferensi, npwp, nama, kdMAP, kjs, jumlahSetor }: JsonObject): JsonObject | null {
  const isWhole = typeof noReferensi === 'string' && typeof npwp === 'string' && typeof nama === 'string';
  if (!isWhole || npwp.endsWith('9914'))
    return { errorCode: '02', errorMessage: 'NPWP atau KPP tidak terdaftar' };
  if (!/^\d{6}$/.test(String(kdMAP)) || !/^\d{3}$/.test(String(kjs)) || kdMAP === '999999') {
    return { errorCode: '11', errorMessage: 'KAP/KJS tidak dikenal' };
  }
  const isAmount = typeof jumlahSetor === 'number' && Number.isInteger(jumlahSetor) && jumlahSetor > 0;
  return isAmount ? null : { errorCode: '12', errorMessage: 'Jumlah setor tidak sesuai' };
}

function otherRoutes(harness: Harness, desk: Desk): void {
  harness.app.post(`${PATH}/inquiry`, async (c) => {
    const bill = desk.find(await bodyOf(c));
    return bill ? c.json(desk.record(bill)) : c.json(NOT_FOUND, 404);
  });
  harness.app.post(`${PATH}/cancel`, async (c) => {
    const bill = desk.find(await bodyOf(c));
    if (!bill) return c.json(NOT_FOUND, 404);
    if (bill.payment) return c.json({ errorCode: '13', errorMessage: 'Tagihan sudah dibayar' }, 409);
    if (desk.record(bill)['status'] === 'ACTIVE') {
      bill.cancelled = true;
      harness.enter('billingCancelled', bill.noReferensi);
    }
    return c.json(desk.record(bill));
  });
}

function acts(desk: Desk, news: NewsDesk): Acts {
  const open = (detail: JsonObject): Bill => {
    const bill = desk.find(detail);
    if (!bill) throw new Error('No bill has this kd_billing or noReferensi');
    const { status } = desk.record(bill);
    if (status !== 'ACTIVE') throw new Error(`The bill is ${String(status)}`);
    return bill;
  };
  return {
    async pay(detail) {
      const bill = open(detail);
      return { kd_billing: bill.kd_billing, answered: await desk.pay(bill) };
    },
    async expire(detail) {
      const bill = open(detail);
      bill.expiresAt = desk.now();
      return { kd_billing: bill.kd_billing, answered: await news.tell(desk.record(bill)) };
    },
    async autoPay({ enabled, delayMs }) {
      desk.autoPayMs = enabled === true ? Number(delayMs ?? 0) : null;
      return {};
    },
    async validity({ hours }) {
      desk.validHours = Number(hours);
      return {};
    },
  };
}

async function bodyOf(c: Context): Promise<JsonObject> {
  return (await c.req.json().catch(() => ({}))) as JsonObject;
}
