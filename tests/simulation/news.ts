/** What agencies tell by themselves: early, late, twice, out of order, and now and then the contrary of what they said. */
import type { JsonObject, Outcome } from '../../src/domain/outcome.ts';
import type { HostedNews } from '../../src/adapter-kit/contract.ts';
import { contentOf } from '../../src/flow/inbox.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { receive } from '../../src/flow/receive.ts';
import { simAdapter } from './adapter.ts';
import { okOf, type Entry, type Teller } from './books.ts';
import { agencyOf } from './mall.ts';
import type { Process } from './process.ts';
import type { Sim } from './sim.ts';

interface Message {
  id: string;
  key?: string;
  reference?: string;
  outcome: Outcome;
}

const MOST_TELLINGS = 400;

/** Decides what becomes of an entry, and tells it. */
export function tellLater(sim: Sim, teller: Teller, entry: Entry, lies: number): void {
  const { time } = sim;
  const bill = entry.until !== null;
  const delay = time.pick([
    time.between(0, 400),
    time.between(5_000, 90_000),
    time.between(60_000, 1_500_000),
  ]);
  time.at(delay, () => {
    if (entry.state === 'pending') {
      const late = bill && time.now() >= entry.until!;
      // Nobody pays: the bill runs out. Who pays late pays all the same.
      if (bill && time.odds(late ? 0.7 : 0.2)) return;
      entry.state = time.odds(0.9) || bill ? 'done' : 'refused';
    }
    void tell(sim, teller, entry, lies);
  });
}

async function tell(sim: Sim, teller: Teller, entry: Entry, lies: number): Promise<void> {
  const { time } = sim;
  const { operation, key, reference, state } = entry;
  // What can be asked about need not be told.
  const askable = simAdapter.operations[operation]!.inquiry !== undefined;
  if (askable && !sim.calm && time.odds(0.15)) return;
  const id = `${teller.id}-m${(teller.references += 1)}`;
  const byKey = time.odds(0.4) || !askable;
  const address = { ...(byKey && { key }), ...((!byKey || time.odds(0.5)) && { reference }) };
  const outcome: Outcome = state === 'done' ? okOf(entry) : { is: 'refused', code: 'NOT_ELIGIBLE' };
  const message: Message = { id, ...address, outcome };
  if (time.odds(lies / 2))
    void push(sim, teller, operation, { ...message, id: `${id}-b`, outcome: pending(entry) });
  await push(sim, teller, operation, message);
  if (sim.calm) return;
  if (time.odds(0.2)) {
    await time.sleep(time.between(0, 60_000));
    await push(sim, teller, operation, message);
  }
  if (!time.odds(lies)) return;
  const contrary: Outcome = outcome.is === 'ok' ? { is: 'refused', code: 'ON_SECOND_THOUGHT' } : okOf(entry);
  await push(sim, teller, operation, { ...message, id: time.odds(0.5) ? id : `${id}-c`, outcome: contrary });
}

const pending = ({ reference }: Entry): Outcome => ({ is: 'pending', reference });

/** Tells until it is heard: an agency says a message again until it is answered. */
async function push(sim: Sim, teller: Teller, operation: string, message: Message): Promise<void> {
  const { time } = sim;
  sim.monitor.told(teller.id, message);
  for (let n = 0; n < MOST_TELLINGS; n += 1) {
    const process = time.pick(sim.processes);
    const answered = process && (await process.call((desk) => hear(desk, teller.id, operation, message)));
    if (answered?.is === 'answered' && answered.value.status === 200) {
      if (n > 0) sim.coverage.saw('news: repeated');
      return heard(sim, teller, message, answered.value.body);
    }
    await time.sleep(time.between(2_000, 60_000));
  }
  sim.break('I13', `${teller.id} told ${message.id} ${MOST_TELLINGS} times, and nobody heard it`);
}

function hear(
  desk: Process['desk'],
  id: string,
  operation: string,
  message: Message,
): ReturnType<typeof receive> {
  const agency = agencyOf(desk.catalogue(), id);
  const body = message as unknown as JsonObject;
  const path = `/news/${operation}`;
  const hosted = simAdapter.hosted![operation] as HostedNews;
  const request = { method: 'POST', path, query: {}, headers: {}, body };
  const bytes = Buffer.from(JSON.stringify(message));
  return receive(desk, { agency, name: operation, hosted, request, bytes });
}

/** What was answered is in the ledger. */
function heard(sim: Sim, { id }: Teller, message: Message, body: string): void {
  const { spectator, coverage } = sim;
  const { vault } = spectator;
  sim.trace(`${id} told ${JSON.stringify(message)}: ${body}`);
  let mark = vault.index('message', `${id} ${message.id}`);
  if (body.includes('conflict')) {
    coverage.saw('news: contradiction kept');
    mark = vault.index('message', `${mark} ${contentOf({ vault } as Flow, message)}`);
  }
  const state = spectator.inboxState(id, mark);
  if (state === undefined)
    sim.break('I20', `${id} was answered ${body} to ${message.id}, which is not in the ledger`);
  if (body.includes('none')) sim.monitor.keptEarly(id, mark);
}
