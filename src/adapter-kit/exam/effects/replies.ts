/** Faults put on the replies of examples: no stand-in is needed, so a stranger's connector is held to them as well. */
import { asQuestion } from '../../../flow/exchange.ts';
import type { Adapter, Effect, Example, Outcome, WireReply } from '../../contract.ts';
import type { Notes } from '../report.ts';
import { exchangeId, givenBy, replyOf, type NamedExample, type Subject } from '../subject.ts';
import { leavesOf } from '../values.ts';
import { FAULTY, strangeCodes, WAIT_SECONDS } from './faulty-replies.ts';
import { cellOf, TABLE, type FaultName } from './table.ts';

const GOOD: ReadonlySet<Outcome['is']> = new Set(['ok', 'pending', 'more']);
/** Good examples of one exchange that are looked at: the rest repeat them. */
const MOST_EXAMPLES = 6;

export async function examineReplies({ adapter, examples }: Subject, notes: Notes): Promise<void> {
  checkQuestions(adapter, notes);
  const seen = new Map<string, number>();
  let count = 0;
  for (const one of examples) {
    if (!isGood(one.example)) continue;
    const id = exchangeId(one.example);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    if (seen.get(id)! > MOST_EXAMPLES) continue;
    count += await spoil(adapter, one, examples, notes);
  }
  notes.fact(`${count} faulty replies read`);
}

/** After a lost answer an inquirable operation is asked about, or nothing at all. */
function checkQuestions({ operations }: Adapter, notes: Notes): void {
  for (const [name, { effect, inquiry }] of Object.entries(operations)) {
    if (effect === 'inquirable' && !inquiry)
      notes.fail(
        'cannot_be_asked',
        name,
        'It is inquirable and has no inquiry',
        'Write the inquiry, or declare it as once',
      );
  }
}

function isGood({ outcome, reply, request }: Example): boolean {
  return GOOD.has(outcome.is) && reply.status < 300 && !('pending' in request);
}

/** What the exchange does at the agency. Of several only the last may have the effect. */
function effectOf({ operations }: Adapter, { operation, exchange, outcome }: Example): Effect {
  const found = operations[operation]!;
  if (exchange === 'inquiry' || outcome.is === 'more') return 'read';
  return exchange === 'compensation' ? found.compensation!.effect : found.effect;
}

async function spoil(
  adapter: Adapter,
  one: NamedExample,
  all: NamedExample[],
  notes: Notes,
): Promise<number> {
  const judge = judgeOf(adapter, one, notes);
  const { wire: good, ...rest } = givenBy(one.example);
  const read = (wire: WireReply): Promise<Outcome> => replyOf(adapter, one.example, { ...rest, wire });
  const calm = await read(good);
  let count = 0;
  for (const [fault, make] of Object.entries(FAULTY) as [FaultName, (reply: WireReply) => WireReply[]][]) {
    for (const wire of make(good)) {
      count += 1;
      const outcome = heard(one.example, await read(wire), wire.status);
      if (!isShown(all, one.example, wire, outcome)) judge(fault, outcome);
      if (fault === 'rate_limit') judgeWait(one, outcome, notes);
    }
  }
  const strange = strangeCodes(good, one.example.request);
  const ignored: boolean[] = [];
  for (const { at, decides, wire } of strange) {
    const outcome = heard(one.example, await read(wire), wire.status);
    if (decides) ignored.push(outcome.is === calm.is);
    if (outcome.is !== calm.is && outcome.is !== 'pending') judge('unknown_code', outcome, at);
  }
  judgeIgnored(adapter, one, ignored, notes);
  const later = {
    ...rest.call,
    tryKey: `${rest.call.tryKey.slice(0, -1)}9`,
    now: aMinuteAfter(rest.call.now),
  };
  const twice = await replyOf(adapter, one.example, { ...rest, call: later, wire: good });
  if (twice.is !== calm.is) judge('duplicate_reply', heard(one.example, twice, good.status));
  return count + strange.length + 1;
}

function aMinuteAfter(instant: string): string {
  return new Date(Date.parse(instant) + 60_000).toISOString();
}

/** As the bus hears it: a question that was not heard never says "it never arrived". */
function heard({ exchange }: Example, outcome: Outcome, status: number): Outcome {
  if (exchange !== 'inquiry') return outcome;
  return asQuestion({ outcome, status, signal: { is: 'neutral' }, excerpt: '' }).outcome;
}

/** Some agencies do answer so, and an example says what it means. */
function isShown(
  all: NamedExample[],
  { operation, exchange, call }: Example,
  wire: WireReply,
  outcome: Outcome,
): boolean {
  if (wire.status >= 300 || leavesOf(wire.body).size > 1 || typeof wire.body === 'string') return false;
  return all.some(
    ({ example }) =>
      example.operation === operation &&
      example.exchange === exchange &&
      (example.call.carry === undefined) === (call.carry === undefined) &&
      example.reply.status === wire.status &&
      JSON.stringify(example.reply.body) === JSON.stringify(wire.body) &&
      example.outcome.is === outcome.is,
  );
}

type Judge = (fault: FaultName, outcome: Outcome, at?: string) => void;

function judgeOf(adapter: Adapter, { file, example }: NamedExample, notes: Notes): Judge {
  return (fault, outcome, at) => {
    const [allowed, why] = cellOf(fault, {
      effect: effectOf(adapter, example),
      isQuestion: example.exchange === 'inquiry',
      isLater: example.call.carry !== undefined,
    });
    if (allowed.includes(outcome.is)) return;
    const place = at === undefined ? '' : ` (${at} of the reply)`;
    const message = `${TABLE[fault].what}${place} in place of the reply of ${file} ends as "${outcome.is}"`;
    notes.fail(
      `${fault}_as_${outcome.is}`,
      exchangeId(example),
      message,
      `Give ${allowed.join(' or ')}: ${why}`,
    );
  };
}

function judgeWait({ example }: NamedExample, outcome: Outcome, notes: Notes): void {
  if (outcome.is !== 'retry' || (outcome.afterSeconds ?? 0) >= WAIT_SECONDS) return;
  notes.fail(
    'retry_after_ignored',
    exchangeId(example),
    'It comes back sooner than Retry-After says',
    'Hand on afterSeconds, or use call.tools.byStatus',
  );
}

function judgeIgnored(
  adapter: Adapter,
  { file, example }: NamedExample,
  ignored: boolean[],
  notes: Notes,
): void {
  if (ignored.length === 0 || ignored.includes(false) || effectOf(adapter, example) === 'read') return;
  notes.fail(
    'code_ignored',
    exchangeId(example),
    `No code in the reply of ${file} makes a difference`,
    'Take the agency’s own code first, and the HTTP status second',
  );
}
