/** Plays one route test on a stage of its own. */
import { parseDuration } from '../../domain/duration.ts';
import { rehearse, type Rehearsal, type Rehearsed } from '../rehearse.ts';
import type { StageOptions } from '../stage.ts';
import { applicationOf, type TestApplication } from './application.ts';
import { differencesOf, type Difference } from './compare.ts';
import { habitsOf, scriptOf } from './script.ts';
import type { RouteTest, TestFile } from './types.ts';

export interface TestParts extends Omit<StageOptions, 'start' | 'seed'> {
  /** Documents beside an application's file. */
  finder(file: string): NonNullable<Rehearsal['find']>;
  /** Where a test names no application. */
  otherwise(service: string): TestApplication | Promise<TestApplication>;
}

export interface Tested {
  name: string;
  differences: Difference[];
  rehearsed: Rehearsed;
}

const USUALLY = '30d';

export async function runTest(
  path: string,
  file: TestFile,
  test: RouteTest,
  parts: TestParts,
): Promise<Tested> {
  const { application, file: from } = await applicationOf(path, file, test, () =>
    parts.otherwise(file.service),
  );
  const start = test.start ?? file.start;
  const rehearsed = await rehearse({
    ...parts,
    application,
    ...(from !== null && { find: parts.finder(from) }),
    script: scriptOf(test),
    habits: habitsOf(test),
    forMs: parseDuration(test.for ?? USUALLY),
    ...(start !== undefined && { start: Date.parse(start) }),
  });
  return { name: test.name, differences: differencesOf(test.expect, rehearsed), rehearsed };
}
