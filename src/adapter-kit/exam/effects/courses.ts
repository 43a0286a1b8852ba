/** Each operation against its stand-in under each fault: the outcome, and that what was to be done is done once. */
import type { Example } from '../../contract.ts';
import { signInOf } from '../../sign-in/index.ts';
import type { Notes } from '../report.ts';
import { exchangeName, messageOf, SEND, type Subject } from '../subject.ts';
import { runCourse, told } from './course.ts';
import { bookOf, judgeBook, judgeEnd, judgeKey, judgeOutcome, type Scene } from './judge.ts';
import { openStage, type Heard } from './stage.ts';
import { QUESTION_STRIKES, STRIKES, type Strike } from './strikes.ts';
import { OWED } from './table.ts';
import { examineTokens } from './tokens.ts';
import { examineUndo } from './undo.ts';

const DAY_MS = 86_400_000;
const SKEW_MS = 600_000;

export async function examineCourses(subject: Subject, notes: Notes): Promise<void> {
  const { operations } = subject.adapter;
  for (const name of Object.keys(subject.simulator!.leaves).filter((one) => !Object.hasOwn(operations, one)))
    notes.fail(
      'leaves_of_nothing',
      name,
      'The stand-in’s leaves names it, and there is no such operation',
      'Name one that there is',
    );
  for (const [operation, { effect }] of Object.entries(operations)) {
    if (!Object.hasOwn(OWED, effect)) {
      const known = Object.keys(OWED).join(', ');
      notes.fail('effect_unknown', operation, `No effect is called "${effect}"`, `Write one of ${known}`);
      continue;
    }
    const example = sentExample(subject, operation);
    if (!example) {
      notes.fact(`${operation}: no example is sent and goes well, so no fault was put on its way`);
      continue;
    }
    try {
      await examineOperation(subject, example, notes);
    } catch (error) {
      const fix = 'Have the adapter and its simulator bear this course';
      notes.fail('course_breaks', operation, messageOf(error), fix);
    }
  }
}

/** What the agency sends to our side within a day of each operation, when nothing goes wrong. */
export async function newsOf(subject: Subject): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const operation of Object.keys(subject.adapter.operations)) {
    const example = sentExample(subject, operation);
    if (!example) continue;
    const stage = openStage(subject, example);
    await runCourse(stage);
    await stage.time.to(stage.time.now() + DAY_MS);
    heard.push(...stage.heard);
  }
  return heard;
}

/** The first, by file, that goes over the wire and that the agency takes. */
function sentExample({ examples }: Subject, operation: string): Example | undefined {
  const sorted = examples.toSorted((a, b) => (a.file < b.file ? -1 : 1)).map(({ example }) => example);
  return sorted.find(
    (one) =>
      one.operation === operation &&
      exchangeName(one) === SEND &&
      !('pending' in one.request) &&
      (one.outcome.is === 'ok' || one.outcome.is === 'pending'),
  );
}

async function examineOperation(subject: Subject, example: Example, notes: Notes): Promise<void> {
  const stage = openStage(subject, example);
  const calm = await runCourse(stage);
  const exchanges = stage.passed.filter(({ kind }) => kind === 'send').length;
  const { effect } = subject.adapter.operations[example.operation]!;
  const scene: Scene = { subject, example, effect, notes, calm, book: bookOf(stage, subject) };
  if (calm.end !== 'succeeded' && calm.end !== 'wait') {
    const fix = 'Have the simulator take the first good example';
    notes.fail('stand_in_differs', example.operation, `Without any fault: ${told(calm)}`, fix);
    return;
  }
  judgeBook(scene);
  judgeKey(scene);
  for (let at = 0; at < exchanges; at += 1)
    for (const by of STRIKES) await strike(scene, by, at, at === exchanges - 1);
  for (const by of canBeAsked(scene) ? QUESTION_STRIKES : []) await strikeQuestion(scene, by);
  for (const skewMs of [-SKEW_MS, SKEW_MS]) await skew(scene, skewMs);
  await slow(scene);
  await examineUndo(scene, notes);
  if (signInOf(subject.adapter).open) await examineTokens(subject, example, notes);
  const where = exchanges === 1 ? 'its exchange' : `each of ${exchanges} exchanges`;
  notes.fact(`${example.operation}: ${STRIKES.length} faults on ${where}`);
}

function canBeAsked({ subject, example, effect }: Scene): boolean {
  return subject.adapter.operations[example.operation]!.inquiry !== undefined && effect !== 'read';
}

/** Of several exchanges only the last may have the effect. */
async function strike(scene: Scene, by: Strike, at: number, isLast: boolean): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  stage.strike = { kind: 'send', at, by };
  const course = await runCourse(stage);
  const effect = isLast ? scene.effect : 'read';
  judgeOutcome(scene, by, course.attempts[0]!.outcome.is, { effect, exchange: 'send', isLater: at > 0 });
  judgeEnd(scene, by.name, course, stage, by.fault);
}

/** The answer is lost after the work, and then the first question meets a fault of its own. */
async function strikeQuestion(scene: Scene, by: Strike): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  const lost = STRIKES[0]!;
  const thenAsked: Strike = {
    ...lost,
    async hit(striking) {
      const sent = await lost.hit(striking);
      stage.strike = { kind: 'inquiry', at: 0, by };
      return sent;
    },
  };
  stage.strike = { kind: 'send', at: 0, by: thenAsked };
  const course = await runCourse(stage);
  const asked = course.attempts.find(({ kind }) => kind === 'inquiry');
  if (asked) judgeOutcome(scene, by, asked.outcome.is, { effect: scene.effect, exchange: 'inquiry' });
  judgeEnd(scene, `${lost.name}, then ${by.name} on the question`, course, stage, by.fault);
}

async function skew(scene: Scene, skewMs: number): Promise<void> {
  const stage = openStage(scene.subject, scene.example);
  const course = await runCourse(stage, { skewMs });
  const { is } = course.attempts[0]!.outcome;
  if (is === scene.calm.attempts[0]!.outcome.is) return;
  const name = `our clock off by ${skewMs / 60_000} min`;
  judgeOutcome(scene, { fault: 'clock_skew', name }, is, { effect: scene.effect, exchange: 'send' });
  judgeEnd(scene, name, course, stage, 'clock_skew');
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
  const where = `${scene.example.operation} send`;
  scene.notes.fail(
    'slow_as_lost',
    where,
    `A slow answer: ${told(course)}`,
    'Take an answer whenever it comes',
  );
}
