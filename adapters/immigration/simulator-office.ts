/** The office behind the stand-in: a second POST makes a second application, even of the same request id. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk, type NewsDesk } from '../../src/adapter-kit/simulated-news.ts';

const PATH = '/passports/v1/applications';
const STATION_MS = 200;
/** A bill that is not paid by then ends the application (agency-apis §9). */
const BILL_MS = 7_200_000;
const DAY_MS = 86_400_000;
const WIB_MS = 25_200_000;
/** PP 28/2019, in whole rupiah. */
const FEES: Record<string, number> = { BIASA: 350_000, ELEKTRONIK: 650_000, PERCEPATAN: 1_000_000 };
const REFUSALS: Record<string, [error: string, status: 409 | 422]> = {
  '9923': ['QUOTA_FULL', 409],
  '9924': ['IDENTITY_MISMATCH', 422],
  '9925': ['ACTIVE_APPLICATION', 422],
};
const NOT_FOUND = { error: 'APPLICATION_NOT_FOUND' };

interface Passport {
  requestId: string;
  nik: string;
  shown: JsonObject & { applicationNumber: string; state: string; bill: JsonObject };
}

interface Office {
  options: SimulatorOptions;
  harness: Harness;
  news: NewsDesk;
  all: Passport[];
  held: boolean;
  stationMs: number;
  payMs: number | null;
}

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function passportOffice(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, PATH);
  const office: Office = { options, harness, news, all: [], held: false, stationMs: STATION_MS, payMs: null };
  harness.app.use('/passports/*', async (c, next) => {
    const expected = `Bearer ${options.settings['bearerToken'] as string}`;
    return c.req.header('authorization') === expected ? next() : c.json({ error: 'FORBIDDEN' }, 403);
  });
  bookRoute(office);
  otherRoutes(office);
  return acts(office);
}

function bookRoute(office: Office): void {
  const { harness, options, news } = office;
  harness.app.post(PATH, async (c) => {
    const asked = await c.req.json<JsonObject>();
    const nik = (asked['applicant'] as JsonObject | undefined)?.['nik'];
    const { requestId, type, preferredDate } = asked;
    const whole =
      typeof requestId === 'string' && typeof nik === 'string' && Object.hasOwn(FEES, String(type));
    if (!whole || !/^\d\d\/\d\d\/\d{4}$/.test(String(preferredDate)))
      return c.json({ error: 'BAD_FORM' }, 400);
    const [error, status] = REFUSALS[nik.slice(-4)] ?? [];
    if (error !== undefined) return c.json({ error }, status);
    const taken = take(office, asked, requestId, nik);
    harness.enter('passportApplication', requestId, { applicationNumber: taken.shown.applicationNumber });
    options.after(BILL_MS, () => {
      if (taken.shown.state === 'AWAITING_PAYMENT') void turn(office, taken, 'EXPIRED');
    });
    if (office.payMs !== null) options.after(news.lateness() || office.payMs, () => void pay(office, taken));
    return c.json(taken.shown, 201);
  });
}

function take({ all, options }: Office, asked: JsonObject, requestId: string, nik: string): Passport {
  const serial = String(all.length + 1).padStart(6, '0');
  const year = new Date(options.now()).getUTCFullYear();
  const [day, month, ofYear] = String(asked['preferredDate']).split('/');
  const fee = FEES[String(asked['type'])]! + (asked['speed'] === 'PERCEPATAN' ? FEES['PERCEPATAN']! : 0);
  const bill = { billingCode: `820260000${serial}`, amount: fee, expiresAt: local(options.now() + BILL_MS) };
  const taken: Passport = {
    ...{ requestId, nik },
    shown: {
      applicationNumber: `${options.settings['officeCode'] as string}-${year}-${serial}`,
      state: 'AWAITING_PAYMENT',
      appointment: { at: `${ofYear}-${month}-${day}T09:00:00+07:00`, place: 'Loket MPP' },
      bill,
    },
  };
  all.push(taken);
  return taken;
}

async function pay(office: Office, one: Passport): Promise<void> {
  if (one.shown.state !== 'AWAITING_PAYMENT') return;
  one.shown.bill['ntpn'] = `9901${one.shown.applicationNumber.replaceAll('-', '')}0000`.slice(0, 16);
  office.harness.enter('appointmentConfirmed', one.requestId);
  await turn(office, one, 'SCHEDULED');
  goOn(office, one);
}

/** From the appointment to the passport, by itself. */
function goOn(office: Office, one: Passport): void {
  if (office.held) return;
  const serial = one.nik.slice(-4);
  const next = serial === '9922' ? 'MISSED' : 'INTERVIEWED';
  const last = serial === '9921' ? 'REFUSED' : 'READY';
  office.options.after(office.stationMs, () => {
    if (one.shown.state !== 'SCHEDULED' || office.held) return;
    void turn(office, one, next);
    office.options.after(office.stationMs, () => {
      if (one.shown.state === 'INTERVIEWED') void turn(office, one, last);
    });
  });
}

/** Sets the state and tells whoever waits for it; what the bus answered. */
function turn({ news, options }: Office, one: Passport, state: string): Promise<number> {
  one.shown.state = state;
  if (state === 'READY') {
    const collectFrom = local(options.now() + DAY_MS)
      .slice(0, 10)
      .split('-')
      .toReversed()
      .join('/');
    Object.assign(one.shown, {
      passport: { number: `X${one.shown.applicationNumber.slice(-7)}`.replace('-', '0'), collectFrom },
    });
  }
  const isBooking = ['SCHEDULED', 'EXPIRED', 'RELEASED'].includes(state);
  const to = isBooking ? '/news/bookings' : '/news/passports';
  return news.tell({ ...one.shown, ...(isBooking && { requestId: one.requestId }) }, to);
}

function otherRoutes(office: Office): void {
  const { app } = office.harness;
  const asked = (c: Context): Passport[] =>
    office.all.filter((one) => one.requestId === c.req.query('requestId'));
  app.get(PATH, (c) => {
    const [found] = asked(c);
    return found ? c.json(found.shown) : c.json(NOT_FOUND, 404);
  });
  app.get(`${PATH}/:number`, (c) => {
    const number = c.req.param('number');
    const found = office.all.find((one) => one.shown.applicationNumber === number);
    return /^[A-Z]{2,6}-\d{4}-\d{6}$/.test(number)
      ? c.json((found ?? paidElsewhere(office, number)).shown)
      : c.json(NOT_FOUND, 404);
  });
  app.delete(PATH, (c) => {
    const found = asked(c);
    if (found.length === 0) return c.json(NOT_FOUND, 404);
    if (found.some((one) => !['AWAITING_PAYMENT', 'RELEASED', 'EXPIRED'].includes(one.shown.state)))
      return c.json({ error: 'ALREADY_PAID' }, 409);
    for (const one of found) {
      if (one.shown.state !== 'RELEASED') office.harness.enter('placeReleased', one.requestId);
      one.shown.state = 'RELEASED';
    }
    return c.json({ state: 'RELEASED' });
  });
}

/** An application that another mall booked: it is scheduled, and goes on by itself. */
function paidElsewhere(office: Office, applicationNumber: string): Passport {
  const appointment = { at: local(office.options.now() + DAY_MS), place: 'Kantor Imigrasi' };
  const one: Passport = {
    ...{ requestId: '', nik: '' },
    shown: { applicationNumber, state: 'SCHEDULED', appointment, bill: {} },
  };
  office.all.push(one);
  goOn(office, one);
  return one;
}

function acts(office: Office): Acts {
  const find = ({ applicationNumber, requestId }: JsonObject): Passport => {
    const found = office.all.find(
      (one) => one.shown.applicationNumber === applicationNumber || one.requestId === requestId,
    );
    if (!found) throw new Error('No application has this applicationNumber or requestId');
    return found;
  };
  return {
    async pay(detail) {
      await pay(office, find(detail));
      return {};
    },
    async autoPay({ enabled, delayMs }) {
      office.payMs = enabled === true ? Number(delayMs ?? STATION_MS) : null;
      return {};
    },
    async hold() {
      office.held = true;
      return {};
    },
    async release() {
      office.held = false;
      for (const one of office.all) if (one.shown.state === 'SCHEDULED') goOn(office, one);
      return {};
    },
    async delay({ ms }) {
      office.stationMs = Number(ms);
      return {};
    },
    async interview(detail) {
      return { answered: await turn(office, find(detail), 'INTERVIEWED') };
    },
    async miss(detail) {
      return { answered: await turn(office, find(detail), 'MISSED') };
    },
    async decide({ state, ...detail }) {
      return { answered: await turn(office, find(detail), String(state)) };
    },
  };
}

/** An instant in WIB (UTC+7 all year), RFC 3339. */
function local(ms: number): string {
  return new Date(ms + WIB_MS).toISOString().replace(/\.\d+Z$/, '+07:00');
}
