/** How the bank tells of QRIS payments and debits: again until our side has it, late or twice on demand. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Answer } from './simulator-caller.ts';
import type { BankParts } from './simulator-virtual-accounts.ts';

/** News that is not taken is told again, this often and this many times. */
const AGAIN_MS = 5_000;
const TIMES = 20;
const DEFAULT_LATE_MS = 60_000;

export interface News {
  /** Tells what became of a transaction; the first answer of our side, or that it will come late. */
  tell(path: string, body: JsonObject): Promise<JsonObject>;
  /** The next `times` notifications come so much later. */
  delay(ms: number, times: number): void;
}

export function bankNews({
  harness,
  options,
  caller,
}: Omit<BankParts, 'serve' | 'takings' | 'autoPayMs'>): News {
  const delays: number[] = [];
  const deliver = (path: string, body: JsonObject, times: number): Promise<Answer> =>
    caller.notify(path, body).then((answer) => {
      // A refusal is an answer too: 404 is for a person, 401 and 5xx for another try.
      const again = answer.status === 0 || answer.status === 401 || answer.status >= 500;
      if (again && times > 0) options.after(AGAIN_MS, () => void deliver(path, body, times - 1));
      return answer;
    });
  const twice = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const news = await deliver(path, body, TIMES);
    if (!harness.take('duplicateNews', path)) return { news: { ...news } };
    return { news: { ...news }, repeat: { ...(await deliver(path, body, 0)) } };
  };
  return {
    delay: (ms, times) => void delays.push(...Array<number>(times).fill(ms)),
    async tell(path, body) {
      const fault = harness.take('lateNews', path);
      const lateMs = fault ? (fault.value ?? DEFAULT_LATE_MS) : delays.shift();
      if (lateMs === undefined) return twice(path, body);
      options.after(lateMs, () => void twice(path, body));
      return { late: true };
    },
  };
}
