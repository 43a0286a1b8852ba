/** The stand-in's doors: applications, appointments, and what a person does at the office. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { newsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { hasFee } from './simulator-bill.ts';
import {
  BILL_MS,
  confirm,
  goOn,
  lastVisit,
  paidElsewhere,
  pay,
  rebook,
  take,
  turn,
  type Office,
  type Passport,
  type Visit,
} from './simulator-office.ts';

const APPLICATIONS = '/passports/v1/applications';
const APPOINTMENTS = '/passports/v1/appointments';
const STATION_MS = 200;
/** A missed appointment is followed by one more. */
const MOST_VISITS = 2;
const REFUSALS: Record<string, [error: string, status: 409 | 422]> = {
  '9923': ['QUOTA_FULL', 409],
  '9924': ['IDENTITY_MISMATCH', 422],
  '9925': ['ACTIVE_APPLICATION', 422],
};
const NO_APPLICATION = { error: 'APPLICATION_NOT_FOUND' };
const NO_APPOINTMENT = { error: 'APPOINTMENT_NOT_FOUND' };
const UNPAID = ['AWAITING_PAYMENT', 'RELEASED', 'EXPIRED'];
const DECIDED = ['ADJUDICATED', 'READY'];

type Acts = Record<string, (detail: JsonObject) => Promise<JsonObject>>;

export function passportOffice(harness: Harness, options: SimulatorOptions): Acts {
  const news = newsDesk(harness, options, APPLICATIONS);
  const office: Office = { options, harness, news, all: [], held: false, stationMs: STATION_MS, payMs: null };
  harness.app.use('/passports/*', async (c, next) => {
    const expected = `Bearer ${options.settings['bearerToken'] as string}`;
    return c.req.header('authorization') === expected ? next() : c.json({ error: 'FORBIDDEN' }, 403);
  });
  bookDoor(office);
  applicationDoors(office);
  appointmentDoors(office);
  return acts(office);
}

/** A second POST makes a second application, even of the same request id. */
function bookDoor(office: Office): void {
  const { harness, options, news } = office;
  harness.app.post(APPLICATIONS, async (c) => {
    const asked = await c.req.json<JsonObject>();
    const nik = (asked['applicant'] as JsonObject | undefined)?.['nik'];
    const { requestId, preferredDate } = asked;
    const whole = typeof requestId === 'string' && typeof nik === 'string' && hasFee(asked);
    if (!whole || !/^\d\d\/\d\d\/\d{4}$/.test(String(preferredDate)))
      return c.json({ error: 'BAD_FORM' }, 400);
    const [error, status] = REFUSALS[nik.slice(-4)] ?? [];
    if (error !== undefined) return c.json({ error }, status);
    const taken = take(office, asked, requestId, nik);
    harness.enter('passportApplication', requestId, { applicationNumber: taken.shown.applicationNumber });
    if (taken.shown.state === 'SCHEDULED') {
      confirm(office, taken);
      return c.json(taken.shown, 201);
    }
    // Told to nobody: the bill says when it ends.
    options.after(BILL_MS, () => {
      if (taken.shown.state === 'AWAITING_PAYMENT') taken.shown.state = 'EXPIRED';
    });
    if (office.payMs !== null) options.after(news.lateness() || office.payMs, () => void pay(office, taken));
    return c.json(taken.shown, 201);
  });
}

function applicationDoors(office: Office): void {
  const { app } = office.harness;
  const asked = (c: Context): Passport[] =>
    office.all.filter((one) => one.requestId === c.req.query('requestId'));
  app.get(APPLICATIONS, (c) => {
    const [found] = asked(c);
    return found ? c.json(found.shown) : c.json(NO_APPLICATION, 404);
  });
  app.get(`${APPLICATIONS}/:number`, (c) => {
    const found = numbered(office, c.req.param('number'));
    return found ? c.json(found.shown) : c.json(NO_APPLICATION, 404);
  });
  app.delete(APPLICATIONS, (c) => {
    const found = asked(c);
    if (found.length === 0) return c.json(NO_APPLICATION, 404);
    // What was free can be given up as long as nothing was granted; money that came in cannot.
    if (found.some(({ shown }) => shown.bill['ntpn'] !== undefined || DECIDED.includes(shown.state)))
      return c.json({ error: 'ALREADY_PAID' }, 409);
    for (const one of found) {
      if (one.shown.state !== 'RELEASED') office.harness.enter('placeReleased', one.requestId);
      one.shown.state = 'RELEASED';
    }
    return c.json({ state: 'RELEASED' });
  });
}

/** By its number; one that was never given out here was paid for elsewhere. */
function numbered(office: Office, number: string): Passport | undefined {
  const found = office.all.find((one) => one.shown.applicationNumber === number);
  return found ?? (/^[A-Z]{2,6}-\d{4}-\d{6}$/.test(number) ? paidElsewhere(office, number) : undefined);
}

/** The appointment that is held, or one more after a missed one; the same request gets the same. */
function appointmentDoors(office: Office): void {
  const { app, enter } = office.harness;
  const asked = (requestId: unknown): [Passport, Visit] | [] => {
    for (const one of office.all) {
      const visit = one.visits.find(({ askers }) => askers.includes(String(requestId)));
      if (visit) return [one, visit];
    }
    return [];
  };
  app.post(APPOINTMENTS, async (c) => {
    const { requestId, applicationNumber } = await c.req.json<JsonObject>();
    const [before, known] = asked(requestId);
    if (before && known) return c.json(visitOf(before, known), 200);
    const one = numbered(office, String(applicationNumber));
    if (!one) return c.json(NO_APPLICATION, 404);
    if (UNPAID.includes(one.shown.state)) return c.json({ error: 'NOT_PAID' }, 409);
    if (lastVisit(one).state === 'MISSED' && lastVisit(one).askers.length > 0) {
      if (one.visits.length >= MOST_VISITS) return c.json({ error: 'REBOOKING_SPENT' }, 409);
      rebook(office, one);
    }
    const visit = lastVisit(one);
    visit.askers.push(String(requestId));
    enter('appointmentTaken', String(requestId));
    return c.json(visitOf(one, visit), 201);
  });
  app.get(APPOINTMENTS, (c) => {
    const [one, visit] = asked(c.req.query('requestId'));
    return one && visit ? c.json(visitOf(one, visit)) : c.json(NO_APPOINTMENT, 404);
  });
  app.delete(APPOINTMENTS, (c) => {
    const [one, visit] = asked(c.req.query('requestId'));
    if (!one || !visit) return c.json(NO_APPOINTMENT, 404);
    if (visit.state === 'ADJUDICATED') return c.json({ error: 'ALREADY_DECIDED' }, 409);
    if (visit.state === 'SCHEDULED' || visit.state === 'INTERVIEWED') {
      visit.state = 'RELEASED';
      one.shown.state = 'RELEASED';
      enter('appointmentReleased', String(c.req.query('requestId')));
    }
    return c.json(visitOf(one, visit));
  });
}

function visitOf({ shown }: Passport, { at, place, state }: Visit): JsonObject {
  const { applicationNumber, decision } = shown;
  const decided = state === 'REFUSED' && decision !== undefined;
  return { applicationNumber, state, appointment: { at, place }, ...(decided && { decision }) };
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
