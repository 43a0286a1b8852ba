/** Part 8: what a conversion costs, and that no reply and no pattern can hold it up. */
import { examineLongReplies } from './slow-replies.ts';
import { examinePatterns } from './slow-patterns.ts';
import type { Notes, Speed } from './report.ts';
import { conversionOf, givenBy, type NamedExample, type Subject } from './subject.ts';

/** Beyond it a conversion of JSON is no longer lost in the noise of the wire. */
const LIMIT_MICROS = 50;
const WARM_UP = 200;
const SAMPLES = 4_000;
const MOST_MICROS = 400_000;

export async function examineSpeed(subject: Subject, notes: Notes): Promise<Speed | null> {
  examinePatterns(subject, notes);
  await examineLongReplies(subject, notes);
  const { micros } = subject.host;
  if (!micros || subject.examples.length === 0) return null;
  const samples = await measured(subject, micros);
  const speed = { conversions: samples.length, median: at(samples, 0.5), p99: at(samples, 0.99) };
  notes.fact(
    `median ${speed.median.toFixed(1)} µs, p99 ${speed.p99.toFixed(1)} µs over ${samples.length} conversions`,
  );
  if (speed.median > LIMIT_MICROS && isJson(subject))
    notes.warn(
      'slow_conversion',
      'all examples',
      `Half of the conversions take more than ${LIMIT_MICROS} µs`,
      'Compute once, outside the functions, what is always the same',
    );
  return speed;
}

async function measured({ adapter, examples }: Subject, micros: () => number): Promise<number[]> {
  const work = examples.map((one) => ({ one, given: givenBy(one.example) }));
  const samples: number[] = [];
  const started = micros();
  for (let n = 0; n < WARM_UP + SAMPLES && micros() - started < MOST_MICROS; n += 1) {
    const { one, given } = work[n % work.length]!;
    const before = micros();
    await both(adapter, one, given);
    if (n >= WARM_UP) samples.push(micros() - before);
  }
  return samples.toSorted((a, b) => a - b);
}

async function both(
  adapter: Subject['adapter'],
  { example }: NamedExample,
  given: ReturnType<typeof givenBy>,
): Promise<void> {
  const conversion = conversionOf(adapter, example)!;
  try {
    const request = conversion.request(given.input, given.call);
    if (request instanceof Promise) await request;
    const outcome = conversion.reply(given.wire, given.input, given.call);
    if (outcome instanceof Promise) await outcome;
  } catch {
    // The examples part has told of it.
  }
}

function at(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function isJson({ examples }: Subject): boolean {
  return examples.every(({ example }) => /json|^$|html/.test(example.reply.type ?? ''));
}
