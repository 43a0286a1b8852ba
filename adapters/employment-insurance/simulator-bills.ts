/** Contribution bills: a second POST makes a second bill, even of the same request id. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { NewsDesk } from '../../src/adapter-kit/simulated-news.ts';
import type { Acts } from './simulator-door.ts';

const PATH = '/employment/v1/bills';
const PAYMENT_MS = 200;
const DAY_MS = 86_400_000;
/** Our own figures: a bill is open for 16 days, a month costs Rp16,800 (JKK and JKM of the lowest income). */
const OPEN_DAYS = 16;
const MONTH = 16_800;
/** WIB (UTC+7) all year. */
const WIB_MS = 25_200_000;

interface Bill {
  requestId: string;
  months: number;
  data: JsonObject & { billNumber: string; state: string };
}

export function billDesk(harness: Harness, options: SimulatorOptions, news: NewsDesk): Acts {
  const all: Bill[] = [];
  let payMs: number | null = null;
  const tell = (one: Bill): Promise<number> =>
    news.tell({ code: '00', requestId: one.requestId, data: { ...one.data } }, '/news/bills');
  const pay = async (one: Bill): Promise<number> => {
    if (one.data.state === 'OPEN') {
      const until = new Date(options.now() + one.months * 30 * DAY_MS).toISOString().slice(0, 10);
      const paidUntil = until.split('-').toReversed().join('-');
      Object.assign(one.data, { state: 'PAID', paidAt: local(options.now()), paidUntil });
      harness.enter('contributionPaid', one.requestId);
    }
    return tell(one);
  };
  harness.app.post(PATH, async (c) => {
    const { requestId, kpj, months } = await c.req.json<JsonObject>();
    if (typeof requestId !== 'string' || typeof months !== 'number') return c.json({ code: '20' }, 400);
    if (typeof kpj !== 'string' || kpj.endsWith('9926')) return c.json({ code: '14' }, 404);
    const billNumber = `9900${String(all.length + 1).padStart(8, '0')}`;
    const expiresAt = local(options.now() + OPEN_DAYS * DAY_MS);
    const bill: Bill = {
      requestId,
      months,
      data: { billNumber, state: 'OPEN', amount: months * MONTH, expiresAt },
    };
    all.push(bill);
    harness.enter('contributionBill', requestId, { billNumber });
    if (payMs !== null) options.after(news.lateness() || payMs, () => void pay(bill));
    return c.json({ code: '00', data: bill.data }, 201);
  });
  const asked = (c: Context): Bill[] => all.filter((one) => one.requestId === c.req.query('requestId'));
  harness.app.get(PATH, (c) => {
    const [found] = asked(c);
    return found ? c.json({ code: '00', data: found.data }) : c.json({ code: '14' }, 404);
  });
  harness.app.delete(PATH, (c) => {
    const found = asked(c);
    if (found.length === 0) return c.json({ code: '14' }, 404);
    if (found.some((one) => one.data.state === 'PAID')) return c.json({ code: '72' }, 409);
    for (const one of found) {
      if (one.data.state !== 'CANCELLED') harness.enter('contributionBillCancelled', one.requestId);
      one.data.state = 'CANCELLED';
    }
    return c.json({ code: '00' });
  });
  const find = ({ billNumber, requestId }: JsonObject): Bill => {
    const found = all.find((one) => one.data.billNumber === billNumber || one.requestId === requestId);
    if (!found) throw new Error('No bill has this billNumber or requestId');
    return found;
  };
  return {
    async pay(detail) {
      return { answered: await pay(find(detail)) };
    },
    async autoPay({ enabled, delayMs }) {
      payMs = enabled === true ? Number(delayMs ?? PAYMENT_MS) : null;
      return {};
    },
    async expire(detail) {
      const found = find(detail);
      found.data.state = 'EXPIRED';
      return { answered: await tell(found) };
    },
  };
}

/** An instant in WIB, RFC 3339. */
function local(ms: number): string {
  return new Date(ms + WIB_MS).toISOString().replace(/\.\d+Z$/, '+07:00');
}
