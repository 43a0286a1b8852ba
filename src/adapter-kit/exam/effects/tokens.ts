/** Tokens that end: one that is refused is fetched anew, and one whose life is over is not shown again. */
import type { Example } from '../../contract.ts';
import type { Notes } from '../report.ts';
import type { Subject } from '../subject.ts';
import { runCourse, told } from './course.ts';
import { openStage, type Passed } from './stage.ts';
import type { Strike } from './strikes.ts';

const REFUSED: Strike = {
  fault: 'unauthorized',
  name: 'a refused token',
  hit: async () => ({ is: 'response', status: 401, headers: {}, body: Buffer.alloc(0) }),
};
/** The bus keeps no token for longer than a day, whatever it is told. */
const LONG_MS = 23 * 3_600_000;

export async function examineTokens(subject: Subject, example: Example, notes: Notes): Promise<void> {
  await refused(subject, example, notes);
  await outlived(subject, example, notes);
}

async function refused(subject: Subject, example: Example, notes: Notes): Promise<void> {
  const stage = openStage(subject, example);
  stage.strike = { kind: 'send', at: 0, by: REFUSED };
  const course = await runCourse(stage);
  // These settings want no token.
  if (!stage.passed.some(({ kind }) => kind === 'sign-in')) return;
  const first = stage.passed.findIndex(isRefused);
  const later = stage.passed.slice(first + 1);
  const next = later.find(({ kind }) => kind !== 'sign-in');
  if (later.some(({ kind }) => kind === 'sign-in') && next && !isRefused(next)) return;
  const message = `After a 401 it goes on under the old token: ${told(course)}`;
  notes.fail(
    'token_never_renewed',
    example.operation,
    message,
    'Sign with call.token, which the bus renews after a 401',
  );
}

async function outlived(subject: Subject, example: Example, notes: Notes): Promise<void> {
  const stage = openStage(subject, example);
  await runCourse(stage);
  await stage.time.to(stage.time.now() + LONG_MS);
  const before = stage.passed.length;
  await runCourse(stage, { key: other(example.call.key) });
  const next = stage.passed.slice(before).find(({ kind }) => kind !== 'sign-in');
  if (next && isRefused(next))
    notes.fail(
      'token_life_misread',
      example.operation,
      'It shows a token whose life is over',
      'Give the expiresInSeconds that the agency names',
    );
}

function isRefused({ kind, status }: Passed): boolean {
  return kind !== 'sign-in' && status === 401;
}

function other(key: string): string {
  return key.slice(0, -1) + String((Number(key.at(-1)) + 1) % 10);
}
