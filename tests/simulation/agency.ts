/** A simulated agency: its books of effects, and all the ways in which its answers come late, twice, wrong or not at all. */
import type { Correction, Effect, JsonObject, Outcome } from '../../src/domain/outcome.ts';
import { simAdapter, TRUST_AFTER_MS, type Kind } from './adapter.ts';
import { TIMEOUT_MS } from './mall.ts';
import { okOf, type Entry, type Teller } from './books.ts';
import { tellLater } from './news.ts';
import type { Sim } from './sim.ts';
import type { Reply } from './wire.ts';

/** One request on its way. */
export interface Asked {
  operation: string;
  kind: Kind;
  key: string;
  tryKey: string;
  reference?: string;
  input: JsonObject;
  /** When it left, by the wall clock. */
  sentAt: number;
}

export interface Agency extends Teller {
  /** Nobody answers the door. */
  closed: boolean;
  books: Map<string, Entry>;
  /** Requests sent and not yet arrived, by key. */
  onTheWay: Map<string, number>;
  take(asked: Asked, answer: (reply: Reply | null) => void): void;
  /** A visitor or payer is due under this key: the agency will tell. */
  expect(key: string, app: string, operation: string): void;
}

/** How an agency behaves while faults last: probabilities. */
interface Temper {
  lost: number;
  slow: number;
  trouble: number;
  pending: number;
  /** Sends things back to be mended. */
  back: number;
  /** Contradicts itself, denies what it has done while that is not yet believed. */
  lies: number;
}

/** A request is on its way for four minutes at most: well within the ten after which "it never arrived" is believed. */
const LONGEST_WAY_MS = 240_000;

export function makeAgency(sim: Sim, id: string): Agency {
  const { time } = sim;
  const rough = time.pick([0.02, 0.1, 0.3]);
  const temper: Temper = {
    lost: rough / 4,
    slow: rough / 4,
    trouble: rough,
    pending: time.pick([0.1, 0.4]),
    back: time.pick([0, 0.1, 0.2]),
    lies: id === 'court' ? 0.3 : 0,
  };
  const agency: Agency = {
    ...{ id, closed: false, books: new Map(), onTheWay: new Map(), references: 0 },
    take: (asked, answer) => take(sim, agency, temper, asked, answer),
    expect: (key, app, operation) => {
      const entry = newEntry(agency, { key, operation, input: { app } }, `V-${key}`);
      agency.books.set(key, entry);
      tellLater(sim, agency, entry, temper.lies);
    },
  };
  return agency;
}

function newEntry(
  agency: Agency,
  { key, operation, input }: Pick<Asked, 'key' | 'operation' | 'input'>,
  reference = `${agency.id}-${(agency.references += 1)}`,
): Entry {
  const app = String(input['app']);
  return {
    ...{
      key,
      operation,
      app,
      effects: 1,
      undone: 0,
      state: 'pending',
      reference,
      until: null,
      lied: false,
      no: null,
    },
  };
}

function take(
  sim: Sim,
  agency: Agency,
  temper: Temper,
  asked: Asked,
  answer: (reply: Reply | null) => void,
): void {
  const { time, calm, coverage } = sim;
  const count = (by: number): void =>
    void agency.onTheWay.set(asked.key, (agency.onTheWay.get(asked.key) ?? 0) + by);
  if (!calm && time.odds(temper.lost)) return;
  const slow = !calm && time.odds(temper.slow);
  const way = slow ? time.between(1000, LONGEST_WAY_MS) : time.between(2, 300);
  count(1);
  time.at(way, () => {
    count(-1);
    if (agency.closed) return;
    if (way > TIMEOUT_MS) coverage.saw('request: arrived after its caller had given up');
    const reply = handle(sim, agency, temper, asked);
    const back = !sim.calm && time.odds(temper.slow) ? time.between(1000, 120_000) : time.between(2, 300);
    // An answer that is lost shows as a reset, or as nothing at all.
    if (reply || time.odds(0.5)) time.at(back, () => answer(reply));
  });
}

const effectOf = (operation: string): Effect => simAdapter.operations[operation]!.effect;
const said = (outcome: Outcome): Reply => ({ status: 200, outcome });

function handle(sim: Sim, agency: Agency, temper: Temper, asked: Asked): Reply | null {
  sim.monitor.arrived(agency.id, asked);
  const entry = agency.books.get(asked.key);
  if (asked.kind === 'inquiry') return inquiry(sim, temper, asked, entry);
  if (asked.kind === 'undo') return undo(sim, temper, entry);
  if (effectOf(asked.operation) === 'read') return look(sim, temper, asked);
  if (entry && effectOf(asked.operation) === 'keyed') return sameAgain(entry);
  return send(sim, agency, temper, asked, entry);
}

/** What changes nothing: failures after which the operation is surely not done, or nobody can tell. */
const notDone = (sim: Sim): Reply | null =>
  sim.time.pick<() => Reply | null>([
    () => null,
    () => said({ is: 'retry', code: 'BUSY' }),
    () => ({ status: 503 }),
    () => ({ status: 429, headers: { 'retry-after': '5' } }),
    () => ({ status: 500 }),
    () => said({ is: 'unknown', code: 'CANNOT_TELL' }),
    () => said({ is: 'away', code: 'MAINTENANCE', until: new Date(sim.time.now() + 40_000).toISOString() }),
    () => said({ is: 'refused', code: 'NOT_ELIGIBLE' }),
    () => said({ is: 'sendBack', corrections: sentBack(sim) }),
  ])();

/** A field, two, the whole form, or nothing that has a name. */
export function sentBack({ time }: Pick<Sim, 'time'>): Correction[] {
  const code = 'UNREADABLE';
  const pointers = time.pick([
    ['/formData'],
    ['/formData/a'],
    ['/formData/a', '/formData/b'],
    ['/formData/c'],
    [],
  ]);
  return pointers.length === 0 ? [{ code }] : pointers.map((pointer) => ({ code, pointer }));
}

/** Who takes our key says the same no to it again. */
function refuse(agency: Agency, asked: Asked, reply: Reply | null): Reply | null {
  const no = reply?.outcome;
  const final = no?.is === 'refused' || no?.is === 'sendBack';
  if (final && effectOf(asked.operation) === 'keyed')
    agency.books.set(asked.key, { ...newEntry(agency, asked), effects: 0, state: 'refused', no });
  return reply;
}

/** It was done, and the answer does not say so. */
const garbled = (sim: Sim, entry: Entry, lies: number): Reply | null => {
  if (sim.time.odds(lies)) {
    entry.lied = true;
    return said({ is: 'refused', code: 'ERROR_AFTER_ALL' });
  }
  return sim.time.pick<Reply | null>([
    null,
    { status: 500 },
    { status: 200 },
    said({ is: 'unknown', code: 'CANNOT_TELL' }),
    said({ is: 'ok', output: { wrong: true } }),
    said({ is: 'pending', until: 'soon' } as never),
  ]);
};

function send(
  sim: Sim,
  agency: Agency,
  temper: Temper,
  asked: Asked,
  before: Entry | undefined,
): Reply | null {
  const { time, calm } = sim;
  const troubled = !calm && time.odds(temper.trouble);
  if (troubled && time.odds(0.5)) return refuse(agency, asked, notDone(sim));
  if (!before && !calm && time.odds(temper.back))
    return refuse(agency, asked, said({ is: 'sendBack', corrections: sentBack(sim) }));
  const entry = before ?? newEntry(agency, asked);
  if (before) {
    before.effects += 1;
    sim.break('I5', `${agency.id} did ${asked.operation} twice under key ${asked.key}`);
  }
  agency.books.set(asked.key, entry);
  const bill = asked.operation === 'charge';
  if (bill || (!calm && time.odds(temper.pending))) {
    if (bill) entry.until = time.now() + time.between(10, 35) * 60_000;
    tellLater(sim, agency, entry, temper.lies);
    return troubled ? garbled(sim, entry, 0) : pendingOf(entry);
  }
  entry.state = 'done';
  // Some tell again what they have answered, and some then say otherwise.
  if (!calm && time.odds(0.1 + temper.lies)) tellLater(sim, agency, entry, temper.lies);
  return troubled ? garbled(sim, entry, temper.lies) : said(okOf(entry));
}

const AWAITS = ['agency', 'appointment', 'applicant'] as const;

function pendingOf({ operation, reference, until }: Entry): Reply {
  return said({
    is: 'pending',
    reference,
    ...(operation === 'charge' && { awaits: 'payment', shown: { account: reference } }),
    // Some want the applicant to come himself.
    ...(operation === 'file' && { awaits: AWAITS[Number(reference.at(-1)) % AWAITS.length]! }),
    ...(until !== null && { until: new Date(until).toISOString() }),
  });
}

function sameAgain(entry: Entry): Reply {
  if (entry.state === 'done') return said(okOf(entry));
  return entry.state === 'pending'
    ? pendingOf(entry)
    : said(entry.no ?? { is: 'refused', code: 'NOT_ELIGIBLE' });
}

function look({ time, calm }: Sim, temper: Temper, asked: Asked): Reply | null {
  if (!calm && time.odds(temper.back)) return said({ is: 'sendBack', corrections: sentBack({ time }) });
  if (calm || !time.odds(temper.trouble)) return said(okOf(asked));
  return time.pick<Reply | null>([null, { status: 500 }, { status: 503 }, { status: 200 }]);
}

function inquiry(sim: Sim, temper: Temper, asked: Asked, entry: Entry | undefined): Reply | null {
  const { time, calm, coverage } = sim;
  if (!calm && time.odds(temper.trouble))
    return time.pick<Reply | null>([null, { status: 503 }, { status: 500 }, { status: 200 }]);
  if (!entry) return said({ is: 'retry', code: 'NOT_RECEIVED' });
  const young = time.now() < sim.monitor.lastSent(asked.key) + TRUST_AFTER_MS / 2;
  if (!calm && young && time.odds(temper.lies)) {
    coverage.saw('inquiry: denied before it may be believed');
    return said({ is: 'retry', code: 'NOT_RECEIVED' });
  }
  if (entry.until !== null && entry.state === 'pending' && entry.until <= time.now())
    return said({ is: 'refused', code: 'BILL_EXPIRED' });
  if (entry.state === 'done') coverage.saw('inquiry: found it done');
  return sameAgain(entry);
}

function undo({ time, calm }: Sim, temper: Temper, entry: Entry | undefined): Reply | null {
  if (!calm && time.odds(temper.trouble))
    return time.pick<Reply | null>([
      null,
      { status: 503 },
      { status: 500 },
      said({ is: 'refused', code: 'CANNOT_UNDO' }),
    ]);
  if (entry) entry.undone += 1;
  return said({ is: 'ok', output: {} });
}
