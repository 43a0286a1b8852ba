/** Registrations: put under the caller's key as often as he likes, decided once. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import { numberOf, type Acts } from './simulator-door.ts';

const PATH = '/employment/v1/registrations/:requestId';
const DECISION_MS = 200;
const REFUSALS: Record<string, [code: string, status: 409 | 422]> = {
  '9923': ['21', 422],
  '9924': ['22', 422],
  '9925': ['23', 409],
};
const DECISIONS: Record<string, string> = { '9921': 'REFUSED', '9922': 'CHECKING' };

interface Registration {
  requestId: string;
  nik: string;
  data: { registrationNumber: string; state: string; kpj?: string };
}

interface Desk {
  all: Map<string, Registration>;
  held: boolean;
  delayMs: number;
  /** Sets a state and tells; the status that the bus answered. */
  decide(one: Registration, state: string): Promise<number>;
  decideAlone(one: Registration): Promise<number>;
}

export function registrationDesk(harness: Harness, options: SimulatorOptions, news: NewsDesk): Acts {
  const desk: Desk = {
    ...{ all: new Map(), held: false, delayMs: DECISION_MS },
    decide(one, state) {
      one.data.state = state;
      if (state === 'REGISTERED') {
        one.data.kpj = numberOf(one.nik);
        harness.enter('participantRegistered', one.requestId);
      }
      return news.tell(
        { code: '00', requestId: one.requestId, data: { ...one.data } },
        '/news/registrations',
      );
    },
    decideAlone: (one) => desk.decide(one, DECISIONS[one.nik.slice(-4)] ?? 'REGISTERED'),
  };
  putRoute(harness, options, news, desk);
  harness.app.get(PATH, (c) => {
    const found = desk.all.get(c.req.param('requestId'));
    return found ? c.json({ code: '00', data: found.data }) : c.json({ code: '14' }, 404);
  });
  harness.app.delete(PATH, (c) => {
    const found = desk.all.get(c.req.param('requestId'));
    if (!found) return c.json({ code: '14' }, 404);
    if (found.data.state === 'REGISTERED') return c.json({ code: '71' }, 409);
    if (found.data.state !== 'CANCELLED') harness.enter('registrationCancelled', found.requestId);
    found.data.state = 'CANCELLED';
    return c.json({ code: '00' });
  });
  return acts(desk);
}

function putRoute(harness: Harness, options: SimulatorOptions, news: NewsDesk, desk: Desk): void {
  harness.app.put(PATH, async (c) => {
    const requestId = c.req.param('requestId');
    const known = desk.all.get(requestId);
    if (known) return c.json({ code: '00', data: known.data });
    const { nik, born } = await c.req.json<JsonObject>();
    if (typeof nik !== 'string' || !/^\d\d-\d\d-\d{4}$/.test(String(born)))
      return c.json({ code: '20' }, 400);
    const [code, status] = REFUSALS[nik.slice(-4)] ?? [];
    if (code !== undefined) return c.json({ code }, status);
    const registrationNumber = `REG-${String(desk.all.size + 1).padStart(6, '0')}`;
    const taken: Registration = { requestId, nik, data: { registrationNumber, state: 'TAKEN' } };
    desk.all.set(requestId, taken);
    harness.enter('registration', requestId, { registrationNumber });
    if (news.overtakes()) await desk.decideAlone(taken);
    else {
      options.after(news.lateness() || desk.delayMs, () => {
        if (!desk.held && taken.data.state === 'TAKEN') void desk.decideAlone(taken);
      });
    }
    return c.json({ code: '00', data: { ...taken.data } }, 202);
  });
}

function acts(desk: Desk): Acts {
  return {
    async hold() {
      desk.held = true;
      return {};
    },
    async release() {
      desk.held = false;
      for (const one of desk.all.values()) if (one.data.state === 'TAKEN') await desk.decideAlone(one);
      return {};
    },
    async delay({ ms }) {
      desk.delayMs = Number(ms);
      return {};
    },
    async decide({ registrationNumber, requestId, state }) {
      const found = [...desk.all.values()].find(
        (one) => one.data.registrationNumber === registrationNumber || one.requestId === requestId,
      );
      if (!found) throw new Error('No registration has this registrationNumber or requestId');
      return { answered: await desk.decide(found, String(state)) };
    },
  };
}
