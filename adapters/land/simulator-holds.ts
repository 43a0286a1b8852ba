/** Holds on titles: each once for its request id, one at a time on a title, until released, run out or used up. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';

const PATH = '/land/v1/holds';
const DAY_MS = 86_400_000;
/** Our own figure: nobody may keep a title from others for longer. */
const MOST_DAYS = 90;
const NOT_FOUND = { code: 'NOT_FOUND' };

interface Hold extends JsonObject {
  holdNumber: string;
  requestId: string;
  certificateNumber: string;
  status: string;
  heldUntil: string;
}

export interface Holds {
  /** Whether a hold lies on the title, other than the one that is named. */
  keeps(certificateNumber: string, holdNumber: unknown): boolean;
  /** The transfer is registered: its hold, while it holds, is used up. */
  use(holdNumber: unknown): void;
  acts: Record<string, (detail: JsonObject) => Promise<JsonObject>>;
}

interface Desk {
  harness: Harness;
  options: SimulatorOptions;
  all: Hold[];
}

/** `refusalOf`: why no hold is placed on this title for this holder, whoever else holds it; null when one may be. */
export function titleHolds(
  harness: Harness,
  options: SimulatorOptions,
  refusalOf: (certificateNumber: string, nik: string) => { code: string; status: 404 | 422 } | null,
): Holds {
  const desk: Desk = { harness, options, all: [] };
  const keeps = (certificateNumber: string, holdNumber: unknown): boolean =>
    desk.all.some((one) => {
      const isOn = one.certificateNumber === certificateNumber && statusOf(desk, one) === 'HELD';
      return isOn && one.holdNumber !== holdNumber;
    });
  harness.app.post(PATH, async (c) => {
    const { requestId, certificateNumber, holder, days } = await c.req.json<JsonObject>();
    const nik = (holder as JsonObject | undefined)?.['nik'];
    const whole = typeof requestId === 'string' && typeof certificateNumber === 'string';
    if (!whole || typeof nik !== 'string' || !isSpan(days)) return c.json({ code: 'BAD_FORM' }, 400);
    const known = desk.all.find((one) => one.requestId === requestId);
    if (known) return c.json({ code: 'DUPLICATE', ...shown(desk, known) }, 409);
    const refusal = refusalOf(certificateNumber, nik);
    if (refusal) return c.json({ code: refusal.code }, refusal.status);
    if (keeps(certificateNumber, null)) return c.json({ code: 'TITLE_HELD' }, 409);
    const hold = place(desk, requestId, certificateNumber, days);
    harness.enter('titleHeld', requestId, { holdNumber: hold.holdNumber });
    return c.json(hold, 201);
  });
  otherRoutes(desk);
  return {
    keeps,
    use(holdNumber) {
      const hold = desk.all.find((one) => one.holdNumber === holdNumber);
      if (!hold || statusOf(desk, hold) !== 'HELD') return;
      hold.status = 'USED';
      harness.enter('holdUsed', hold.requestId);
    },
    acts: actsOf(desk),
  };
}

const isSpan = (days: unknown): days is number =>
  Number.isInteger(days) && Number(days) >= 1 && Number(days) <= MOST_DAYS;

function place({ all, options }: Desk, requestId: string, certificateNumber: string, days: number): Hold {
  const serial = String(all.length + 1).padStart(6, '0');
  const year = new Date(options.now()).getUTCFullYear();
  const hold: Hold = {
    holdNumber: `H-${options.settings['officeCode'] as string}-${year}-${serial}`,
    ...{ requestId, certificateNumber, status: 'HELD' },
    heldUntil: new Date(options.now() + days * DAY_MS).toISOString(),
  };
  all.push(hold);
  return hold;
}

/** Told by the clock, not by a timer: a hold of months outlives whoever would keep one. */
function statusOf({ options }: Desk, { status, heldUntil }: Hold): string {
  return status === 'HELD' && Date.parse(heldUntil) <= options.now() ? 'EXPIRED' : status;
}

const shown = (desk: Desk, hold: Hold): Hold => ({ ...hold, status: statusOf(desk, hold) });

function otherRoutes(desk: Desk): void {
  const { app } = desk.harness;
  const asked = (c: Context): Hold | undefined =>
    desk.all.find((one) => one.requestId === c.req.query('requestId'));
  app.get(PATH, (c) => {
    const found = asked(c);
    return found ? c.json(shown(desk, found)) : c.json(NOT_FOUND, 404);
  });
  app.delete(PATH, (c) => {
    const found = asked(c);
    if (!found) return c.json(NOT_FOUND, 404);
    if (found.status === 'USED') return c.json({ code: 'ALREADY_REGISTERED' }, 409);
    if (statusOf(desk, found) === 'HELD') {
      found.status = 'RELEASED';
      desk.harness.enter('titleReleased', found.requestId);
    }
    return c.json(shown(desk, found));
  });
}

function actsOf(desk: Desk): Holds['acts'] {
  return {
    async otherHold({ certificateNumber, days }) {
      return place(desk, '', String(certificateNumber), Number(days ?? MOST_DAYS));
    },
    async endHold({ requestId }) {
      const found = desk.all.find((one) => one.requestId === requestId);
      if (!found) throw new Error('No hold has this requestId');
      found.heldUntil = new Date(desk.options.now()).toISOString();
      return shown(desk, found);
    },
  };
}
