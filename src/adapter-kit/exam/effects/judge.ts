/** Says whether what came of a course under a fault is what the operation's effect promises. */
import type { Effect, Example } from '../../contract.ts';
import type { BookEntry } from '../../simulator.ts';
import type { Notes } from '../report.ts';
import type { ExchangeName, Subject } from '../subject.ts';
import { told, type Course } from './course.ts';
import type { Stage } from './stage.ts';
import type { Strike } from './strikes.ts';
import { cellOf, OWED, TABLE, type FaultName } from './table.ts';

export interface Scene {
  subject: Subject;
  example: Example;
  effect: Effect;
  notes: Notes;
  /** How it goes without any fault. */
  calm: Course;
  /** What the book then holds. */
  book: BookEntry[];
}

/** What the stand-in says that the operation leaves. */
export function bookOf({ simulator, example }: Stage, subject: Subject): BookEntry[] {
  const left = subject.simulator!.leaves[example.operation];
  return simulator.book().filter(({ effect }) => effect === left);
}

/** What the book does not show cannot be counted. */
export function judgeBook({ subject, example: { operation }, effect, notes, calm, book }: Scene): void {
  const left = subject.simulator!.leaves[operation];
  if (left === undefined) {
    if (effect !== 'read') notes.fact(`${operation}: leaves names nothing, so its effect was not counted`);
  } else if (calm.end === 'succeeded' && book.length === 0)
    notes.fail(
      'left_nothing',
      operation,
      `It is done, and the agency’s book holds no "${left}"`,
      'Have the simulator enter it, under the name that leaves gives',
    );
}

/** What is done is done for the step's key: by it the agency tells a repeat, and we ask. */
export function judgeKey({ example, notes, book }: Scene): void {
  if (book.every(({ key }) => key === example.call.key)) return;
  const message = 'The agency’s book has it under another key than the step’s';
  const fix = 'Send call.key as what tells a repeat; call.tryKey is another at each attempt';
  notes.fail('other_key', example.operation, message, fix);
}

/** Whether an outcome is allowed: by the exchange's effect, or as the answer to a question. */
export function judgeOutcome(
  { notes, example: { operation } }: Scene,
  { fault, name }: Pick<Strike, 'fault' | 'name'>,
  is: string,
  by: { effect: Effect; exchange: ExchangeName; isLater?: boolean },
): void {
  const { effect, exchange, isLater = false } = by;
  const [allowed, why] = cellOf(fault, { effect, isQuestion: exchange === 'inquiry', isLater });
  if ((allowed as readonly string[]).includes(is)) return;
  const message = `${TABLE[fault].what} (${name}) ends as "${is}"`;
  notes.fail(
    `${fault}_as_${is}`,
    `${operation} ${exchange}`,
    message,
    `Give ${allowed.join(' or ')}: ${why}`,
  );
}

/** After the fault, by the way that the effect allows, the agency has done it as often as it would have without. */
export function judgeEnd(scene: Scene, name: string, course: Course, stage: Stage, fault: FaultName): void {
  const { example, subject, notes, effect } = scene;
  const where = `${example.operation} ${fault}`;
  const story = `After ${name}: ${told(course)}`;
  const promise = `${effect} promises: ${OWED[effect]}`;
  const [times, wanted] = [timesIn(bookOf(stage, subject)), timesIn(scene.book)];
  if (times > Math.max(wanted, 1))
    notes.fail('done_twice', where, `${story}; the agency has done it ${times} times`, promise);
  const mayPark = effect === 'once' && course.end === 'park';
  if (course.end !== 'succeeded' && course.end !== 'wait' && !mayPark)
    notes.fail('never_ends_well', where, story, promise);
  else if (!mayPark && times < wanted)
    notes.fail(
      'taken_for_done',
      where,
      `${story}; the agency has not done it`,
      'Only the agency’s own word says that it was done',
    );
}

function timesIn(book: BookEntry[]): number {
  return book.reduce((sum, { times }) => sum + times, 0);
}
