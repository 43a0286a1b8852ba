/** Each operation against its stand-in under each fault: the outcome, and that what was to be done is done once. */
import type { BookEntry } from '../../simulator.ts';
import type { Example } from '../../contract.ts';
import { signInOf } from '../../sign-in/index.ts';
import type { Notes } from '../report.ts';
import { messageOf, type Subject } from '../subject.ts';
import { runCourse, told, type Course } from './course.ts';
import { effectsIn, openStage, type Heard, type Stage } from './stage.ts';
import { QUESTION_STRIKES, STRIKES, UNDO_STRIKES, type Strike } from './strikes.ts';
import { cellOf, OWED, TABLE, type FaultName } from './table.ts';
import { examineTokens } from './tokens.ts';

export async function examineCourses(subject: Subject, notes: Notes): Promise<void> {
  for (const operation of Object.keys(subject.adapter.operations)) {
    const example = goodExample(subject, operation);
    if (!example || 'pending' in example.request) {
      notes.fact(
        `${operation}: ${example ? 'nothing is sent' : 'no example goes well'}, so no fault was put on its way`,
      );
      continue;
    }
    try {
      await examineOperation(subject, example, notes);
    } catch (error) {
      notes.fail(
        'course_breaks',
        operation,
        messageOf(error),
        'Have the adapter and its simulator bear this course',
      );
    }
  }
}

/** What the agency sends to our side within a day of each operation, when nothing goes wrong. */
export async function newsOf(subject: Subject): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const operation of Object.keys(subject.adapter.operations)) {
    const example = goodExample(subject, operation);
    if (!example || 'pending' in example.request) continue;
    const stage = openStage(subject, example);
    await runCourse(stage);
    await stage.time.to(stage.time.now() + DAY_MS);
    heard.push(...stage.heard);
  }
  return heard;
}

/** The first, by file, that the agency takes. */
export function goodExample({ examples }: Subject, operation: string): Example | undefined {
  const own = examples.filter(
    ({ example }) =>
      example.operation === operation &&
      example.exchange !== 'inquiry' &&
      example.exchange !== 'compensation',
  );
  const sorted = own.toSorted((a, b) => (a.file < b.file ? -1 : 1)).map(({ example }) => example);
  return sorted.find(({ outcome }) => outcome.is === 'ok' || outcome.is === 'pending');
}

interface Scene {
  subject: Subject;
  example: Example;
  notes: Notes;
  calm: Course;
  /** What the book holds when nothing goes wrong. */
  book: BookEntry[];
}

async function examineOperation(subject: Subject, example: Example, notes: Notes): Promise<void> {
  const stage = openStage(subject, example);
  const calm = await runCourse(stage);
  const exchanges = stage.passed.filter(({ kind }) => kind === 'send').length;
  const scene: Scene = { subject, example, notes, calm, book: bookOf(stage, subject) };
  if (!['succeeded', 'wait'].includes(calm.end)) {
    notes.fail(
      'stand_in_differs',
      example.operation,
      `Without any fault: ${told(calm)}`,
      'Have the simulator take the first good example',
    );
    return;
  }
  checkKey(scene);
  let count = 0;
  for (let at = 0; at < exchanges; at += 1) {
    for (const by of STRIKES) {
      count += 1;
      await strike(scene, by, at);
    }
  }
  for (const by of canBeAsked(scene) ? QUESTION_STRIKES : []) await strikeQuestion(scene, by);
  for (const skewMs of [-SKEW_MS, SKEW_MS]) await skew(scene, skewMs);
  await undo(scene);
  await slow(scene);
  if (signInOf(subject.adapter).open) await examineTokens(subject, example, notes);
  notes.fact(
    `${example.operation}: ${count} faults on ${exchanges === 1 ? 'its exchange' : `${exchanges} exchanges`}`,
  );
}

/** What is done is done for the step's key: by it the agency tells a repeat, and we ask. */
function checkKey({ example, notes, book }: Scene): void {
  const other = book.find(({ key }) => key !== example.call.key);
  if (other)
    notes.fail(
      'other_key',
      example.operation,
      'The agency’s book has it under another key than the step’s',
      'Send call.key as what tells a repeat; call.tryKey is another at each attempt',
    );
}

const DAY_MS = 86_400_000;
const SKEW_MS = 600_000;

function bookOf(stage: Stage, { simulator }: Subject): BookEntry[] {
  return effectsIn(stage, simulator!.leaves[stage.example.operation]);
}

function canBeAsked({ subject, example }: Scene): boolean {
  const { inquiry, effect } = subject.adapter.operations[example.operation]!;
  return inquiry !== undefined && effect !== 'read';
}

async function strike(scene: Scene, by: Strike, at: number): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  stage.strike = { kind: 'send', at, by };
  const course = await runCourse(stage);
  judgeOutcome(scene, by, course.attempts[0]!.outcome.is, false);
  judgeEnd(scene, by.name, course, stage, by.fault);
}

/** The answer is lost after the work, and then the first question meets a fault of its own. */
async function strikeQuestion(scene: Scene, by: Strike): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  const lost = STRIKES[0]!;
  const question: Strike = {
    ...lost,
    async hit(striking) {
      const sent = await lost.hit(striking);
      stage.strike = { kind: 'inquiry', at: 0, by };
      return sent;
    },
  };
  stage.strike = { kind: 'send', at: 0, by: question };
  const course = await runCourse(stage);
  const asked = course.attempts.find(({ kind }) => kind === 'inquiry');
  if (asked) judgeOutcome(scene, by, asked.outcome.is, true);
  judgeEnd(scene, `${lost.name}, then ${by.name} on the question`, course, stage, by.fault);
}

function judgeOutcome(scene: Scene, { fault, name }: Strike, is: string, isQuestion: boolean): void {
  const { operation } = scene.example;
  const { effect } = scene.subject.adapter.operations[operation]!;
  const [allowed, why] = cellOf(fault, effect, isQuestion);
  if ((allowed as readonly string[]).includes(is)) return;
  const where = `${operation} ${isQuestion ? 'inquiry' : 'send'}`;
  scene.notes.fail(
    `${fault}_as_${is}`,
    where,
    `${TABLE[fault].what} (${name}) ends as "${is}"`,
    `Give ${allowed.join(' or ')}: ${why}`,
  );
}

/** After the fault, by the way that the effect allows, the agency has done it as often as it would have without. */
function judgeEnd(scene: Scene, name: string, course: Course, stage: Stage, fault: FaultName): void {
  const { example, subject, notes, book: wanted } = scene;
  const { effect } = subject.adapter.operations[example.operation]!;
  const book = bookOf(stage, subject);
  const told_ = `After ${name}: ${told(course)}`;
  if (timesIn(book) > Math.max(timesIn(wanted), 1))
    notes.fail(
      'done_twice',
      `${example.operation} ${fault}`,
      `${told_}; the agency has done it ${timesIn(book)} times`,
      `${effect} promises: ${OWED[effect]}`,
    );
  const mayPark = effect === 'once';
  if (
    mayPark &&
    course.attempts.filter(({ kind, outcome }) => kind === 'send' && outcome.is === 'unknown').length > 1
  )
    notes.fail('sent_blindly', `${example.operation} ${fault}`, told_, `once promises: ${OWED.once}`);
  const ended = course.end === 'succeeded' || course.end === 'wait' || (mayPark && course.end === 'park');
  if (!ended)
    notes.fail(
      'never_ends_well',
      `${example.operation} ${fault}`,
      told_,
      `${effect} promises: ${OWED[effect]}`,
    );
  else if (course.end !== 'park' && timesIn(book) < timesIn(wanted))
    notes.fail(
      'taken_for_done',
      `${example.operation} ${fault}`,
      `${told_}; the agency has not done it`,
      'Only the agency’s own word says that it was done',
    );
}

function timesIn(book: BookEntry[]): number {
  return book.reduce((sum, { times }) => sum + times, 0);
}

async function skew(scene: Scene, skewMs: number): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  const course = await runCourse(stage, { skewMs });
  const [first] = course.attempts;
  const { is } = first!.outcome;
  if (is === scene.calm.attempts[0]!.outcome.is) return;
  judgeOutcome(
    scene,
    { fault: 'clock_skew', name: `${skewMs / 60_000} min`, hit: STRIKES[0]!.hit },
    is,
    false,
  );
  judgeEnd(scene, `a clock off by ${skewMs / 60_000} min`, course, stage, 'clock_skew');
}

/** A slow answer is an answer. */
async function slow(scene: Scene): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  const wait: Strike = {
    ...{ fault: 'lost_reply', name: 'a slow answer' },
    async hit({ serve, time, deadline }) {
      const sent = await serve();
      await time.to(deadline - 1);
      return sent;
    },
  };
  stage.strike = { kind: 'send', at: 0, by: wait };
  const course = await runCourse(stage);
  if (course.attempts[0]!.outcome.is === scene.calm.attempts[0]!.outcome.is) return;
  scene.notes.fail(
    'slow_as_lost',
    `${scene.example.operation} send`,
    `A slow answer: ${told(course)}`,
    'Take an answer whenever it comes',
  );
}

/** An undo whose answer is lost is undone once as well. */
async function undo({ subject, example, notes }: Scene): Promise<void> {
  const { compensation } = subject.adapter.operations[example.operation]!;
  if (!compensation) return;
  const calm = openStage(subject, example);
  const undone = await runCourse(calm, { from: 'undo', after: await runCourse(calm) });
  const wanted = JSON.stringify(calm.simulator.book());
  for (const by of UNDO_STRIKES) {
    const stage = openStage(subject, example);
    const after = await runCourse(stage);
    stage.strike = { kind: 'undo', at: 0, by };
    const course = await runCourse(stage, { from: 'undo', after });
    const { effect } = compensation;
    const where = `${example.operation} compensation`;
    const first = course.attempts[0]!.outcome.is;
    const [allowed, why] = cellOf(by.fault, effect, false);
    if (!(allowed as readonly string[]).includes(first))
      notes.fail(
        `${by.fault}_as_${first}`,
        where,
        `${TABLE[by.fault].what} (${by.name}) ends as "${first}"`,
        `Give ${allowed.join(' or ')}: ${why}`,
      );
    const repeats = effect === 'read' || effect === 'keyed';
    if (course.end !== undone.end && !(course.end === 'park' && !repeats))
      notes.fail(
        'never_ends_well',
        `${where} ${by.fault}`,
        `After ${by.name}: ${told(course)}`,
        `${effect} promises: ${OWED[effect]}`,
      );
    else if (JSON.stringify(stage.simulator.book()) !== wanted)
      notes.fail(
        'done_twice',
        `${where} ${by.fault}`,
        `After ${by.name}: ${told(course)}; the agency’s book differs`,
        `${effect} promises: ${OWED[effect]}`,
      );
  }
}
