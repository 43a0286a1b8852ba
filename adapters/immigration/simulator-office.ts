/** The office behind the stand-in: places, bills, appointments, decisions and passports, and whom it tells of them. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { chargeFor } from './simulator-bill.ts';

/** A bill that is not paid by then ends the application (agency-apis §9). */
export const BILL_MS = 7_200_000;
const DAY_MS = 86_400_000;
const WIB_MS = 25_200_000;

/** One appointment of an application; a missed one is followed by another, once. */
export interface Visit {
  at: string;
  place: string;
  state: string;
  /** Who asked for it; the last one is told. */
  askers: string[];
}

export interface Passport {
  requestId: string;
  nik: string;
  visits: Visit[];
  shown: JsonObject & { applicationNumber: string; state: string; bill: JsonObject };
}

export interface Office {
  options: SimulatorOptions;
  harness: Harness;
  news: NewsDesk;
  all: Passport[];
  held: boolean;
  stationMs: number;
  payMs: number | null;
}

export const lastVisit = ({ visits }: Passport): Visit => visits.at(-1)!;

/** Holds a place, with a bill or, where it is free, without one. */
export function take({ all, options }: Office, asked: JsonObject, requestId: string, nik: string): Passport {
  const serial = String(all.length + 1).padStart(6, '0');
  const year = new Date(options.now()).getUTCFullYear();
  const [day, month, ofYear] = String(asked['preferredDate']).split('/');
  const { amount, waiver } = chargeFor(asked, nik, `${year}-${serial}`);
  const bill = {
    ...(amount > 0 && {
      billingCode: `820260000${serial}`,
      expiresAt: local(options.now() + BILL_MS),
    }),
    ...{ amount, ...(waiver && { waiver }) },
  };
  const taken = opened(
    `${options.settings['officeCode'] as string}-${year}-${serial}`,
    amount > 0 ? 'AWAITING_PAYMENT' : 'SCHEDULED',
    { at: `${ofYear}-${month}-${day}T09:00:00+07:00`, place: 'Loket MPP' },
    { requestId, nik, bill },
  );
  all.push(taken);
  return taken;
}

/** An application that another mall booked: it is scheduled, and goes on by itself. */
export function paidElsewhere(office: Office, applicationNumber: string): Passport {
  const appointment = { at: local(office.options.now() + DAY_MS), place: 'Kantor Imigrasi' };
  const one = opened(applicationNumber, 'SCHEDULED', appointment, { requestId: '', nik: '', bill: {} });
  office.all.push(one);
  goOn(office, one);
  return one;
}

function opened(
  applicationNumber: string,
  state: string,
  appointment: { at: string; place: string },
  { requestId, nik, bill }: { requestId: string; nik: string; bill: JsonObject },
): Passport {
  return {
    ...{ requestId, nik, visits: [{ ...appointment, state: 'SCHEDULED', askers: [] }] },
    shown: { applicationNumber, state, appointment, bill },
  };
}

export async function pay(office: Office, one: Passport): Promise<void> {
  if (one.shown.state !== 'AWAITING_PAYMENT') return;
  one.shown.bill['ntpn'] = `9901${one.shown.applicationNumber.replaceAll('-', '')}0000`.slice(0, 16);
  const told = turn(office, one, 'SCHEDULED');
  confirm(office, one);
  await told;
}

/** The place is his: paid for, or free. */
export function confirm(office: Office, one: Passport): void {
  office.harness.enter('appointmentConfirmed', one.requestId);
  goOn(office, one);
}

/** Another appointment, a week after the one that was missed. */
export function rebook(office: Office, one: Passport): void {
  const at = local(Date.parse(lastVisit(one).at) + 7 * DAY_MS);
  const appointment = { at, place: lastVisit(one).place };
  one.visits.push({ ...appointment, state: 'SCHEDULED', askers: [] });
  Object.assign(one.shown, { state: 'SCHEDULED', appointment });
  goOn(office, one);
}

const MISSES: Record<string, number> = { '9922': 2, '9926': 1 };

/** From the appointment to the passport, by itself. */
export function goOn(office: Office, one: Passport): void {
  if (office.held) return;
  const serial = one.nik.slice(-4);
  const visit = lastVisit(one);
  const comes = one.visits.length > (MISSES[serial] ?? 0);
  const step = (from: string, to: string, then?: () => void): void => {
    office.options.after(office.stationMs, () => {
      if (one.shown.state !== from || lastVisit(one) !== visit || office.held) return;
      void turn(office, one, to);
      then?.();
    });
  };
  step('SCHEDULED', comes ? 'INTERVIEWED' : 'MISSED', () =>
    step('INTERVIEWED', serial === '9921' ? 'REFUSED' : 'ADJUDICATED', () => step('ADJUDICATED', 'READY')),
  );
}

/** Sets the state and tells whoever waits for it; what the bus answered. */
export function turn(office: Office, one: Passport, state: string): Promise<number> {
  const { news, options } = office;
  one.shown.state = state;
  if (state === 'REFUSED') one.shown['decision'] = decision(one);
  if (state === 'READY') one.shown['passport'] = passport(one, options.now());
  if (state === 'SCHEDULED') {
    return news.tell({ ...one.shown, requestId: one.requestId }, '/news/bookings');
  }
  const visit = lastVisit(one);
  visit.state = state === 'READY' ? 'ADJUDICATED' : state;
  const asker = visit.askers.at(-1);
  if (state !== 'READY' && asker !== undefined) {
    return tell(office, { ...one.shown, requestId: asker }, '/news/interviews');
  }
  // Who follows the passport would take it for the end, and there may be another appointment.
  return state === 'MISSED' ? Promise.resolve(204) : tell(office, { ...one.shown }, '/news/passports');
}

/** Now, or as late as the fault says. */
function tell({ news, options }: Office, message: JsonObject, to: string): Promise<number> {
  const lateMs = news.lateness();
  if (lateMs === 0) return news.tell(message, to);
  options.after(lateMs, () => void news.tell(message, to));
  return Promise.resolve(202);
}

const decision = ({ shown }: Passport): JsonObject => ({
  number: `TOLAK-${shown.applicationNumber}`,
  reason: 'Tujuan perjalanan tidak dapat dibuktikan; keberatan diajukan ke kepala kantor imigrasi.',
});

function passport({ shown }: Passport, now: number): JsonObject {
  const [year, month, day] = local(now + DAY_MS)
    .slice(0, 10)
    .split('-');
  const number = `X${shown.applicationNumber.slice(-7)}`.replace('-', '0');
  return { number, collectFrom: `${day}/${month}/${year}` };
}

/** An instant in WIB (UTC+7 all year), RFC 3339. */
function local(ms: number): string {
  return new Date(ms + WIB_MS).toISOString().replace(/\.\d+Z$/, '+07:00');
}
