/** An undo whose answer is lost or spoilt is undone all the same, and once. */
import type { Notes } from '../report.ts';
import { runCourse, told } from './course.ts';
import { judgeOutcome, type Scene } from './judge.ts';
import { openStage, type Stage } from './stage.ts';
import { UNDO_STRIKES, type Strike } from './strikes.ts';
import { OWED } from './table.ts';

export async function examineUndo(scene: Scene, notes: Notes): Promise<void> {
  const { subject, example } = scene;
  const { compensation } = subject.adapter.operations[example.operation]!;
  if (!compensation) return;
  const { effect } = compensation;
  const calm = await undone(scene, null);
  for (const by of UNDO_STRIKES) {
    const { course, stage } = await undone(scene, by);
    judgeOutcome(scene, by, course.attempts[0]!.outcome.is, { effect, exchange: 'compensation' });
    const where = `${example.operation} compensation ${by.fault}`;
    const story = `After ${by.name}: ${told(course)}`;
    const promise = `${effect} promises: ${OWED[effect]}`;
    const repeats = effect === 'read' || effect === 'keyed';
    if (course.end !== calm.course.end && (repeats || course.end !== 'park'))
      notes.fail('never_ends_well', where, story, promise);
    else if (bookText(stage) !== bookText(calm.stage))
      notes.fail('done_twice', where, `${story}; the agency’s book is not as it should be`, promise);
  }
}

async function undone(
  { subject, example }: Scene,
  by: Strike | null,
): Promise<{ stage: Stage; course: Awaited<ReturnType<typeof runCourse>> }> {
  const stage = openStage(subject, example);
  const after = await runCourse(stage);
  stage.strike = by && { kind: 'undo', at: 0, by };
  return { stage, course: await runCourse(stage, { from: 'undo', after }) };
}

function bookText({ simulator }: Stage): string {
  return JSON.stringify(simulator.book());
}
