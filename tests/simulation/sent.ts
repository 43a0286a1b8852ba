/** What agencies are asked, and when: one input under one key, within their opening hours and their number a day. */
import type { Claim } from '../../src/flow/ports/ledger.ts';
import type { Asked } from './agency.ts';
import { minutesOf, ZONE_MS } from './clocks.ts';
import { agencyOf, TIMEOUT_MS } from './mall.ts';
import type { Sim } from './sim.ts';

const DAY_MS = 86_400_000;

/** I5: what is sent under a key stays the same for its round. */
export function checkInput(sim: Sim, inputs: Map<string, string>, agency: string, asked: Asked): void {
  const { key, kind, input, operation, sentAt } = asked;
  checkHours(sim, agency, sentAt);
  if (kind !== 'send') return;
  const text = JSON.stringify(input);
  const before = inputs.get(key);
  inputs.set(key, text);
  if (before !== undefined && before !== text)
    sim.break('I5', `${agency} was asked for ${operation} under ${key} with ${before}, then with ${text}`);
}

/** I14: nobody is asked while he is closed. A call may have begun when he was not. */
function checkHours(sim: Sim, id: string, sentAt: number): void {
  const { opens } = agencyOf(sim.mall, id).limits;
  if (!opens?.hours) return;
  const isOpen = (ms: number): boolean => {
    const local = ms + ZONE_MS;
    const day = (['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const)[Math.floor(local / DAY_MS) % 7]!;
    const minute = (local % DAY_MS) / 60_000;
    return (opens.hours![day] ?? []).some((span) => {
      const [from = '', to = ''] = span.split('-');
      return minute >= minutesOf(from) && minute < minutesOf(to);
    });
  };
  if (!isOpen(sentAt) && !isOpen(sentAt - TIMEOUT_MS))
    sim.break('I14', `${id} was asked at ${new Date(sentAt).toISOString()}: closed`);
}

/** I14: a day's number of exchanges. */
export function checkGate(sim: Sim, begunOn: Map<string, number>, { lane, at }: Claim): void {
  const { perDay, opens } = agencyOf(sim.mall, lane).limits;
  if (!opens) return;
  const day = `${lane} ${Math.floor((Date.parse(at) + ZONE_MS) / DAY_MS)}`;
  const begun = (begunOn.get(day) ?? 0) + 1;
  begunOn.set(day, begun);
  if (perDay === undefined) return;
  if (begun === perDay) sim.coverage.saw("quota: the day's was spent");
  if (begun > perDay) sim.break('I14', `${lane} was asked ${begun} times on one day, ${perDay} are allowed`);
}
