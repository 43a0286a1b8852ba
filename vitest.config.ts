/** How the tests run: rules, parts and contracts share their workers; whatever opens sockets for strangers or starts processes has its own. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Real processes, hostile sockets, and stand-ins that replace the network of a whole process (msw). */
const APART = ['tests/journeys/**/*.test.ts', 'tests/commands/**/*.test.ts', 'tests/hostile/**/*.test.ts'];

/** Journeys wait more than they work: begun first, they cost the least. */
class JourneysFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's method, not an array's
    const sorted = await super.sort(files);
    const isJourney = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/tests/journeys/');
    return [...sorted.filter(isJourney), ...sorted.filter((file) => !isJourney(file))];
  }
}

export default defineConfig({
  test: {
    // Time zones and environments are a process's own, so workers are processes and not threads.
    pool: 'forks',
    // Vitest leaves one core free, which of two is half the machine, and journeys wait more than they work.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: JourneysFirst },
    slowTestThreshold: 2000,
    projects: [
      {
        test: {
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: APART,
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'apart',
          include: APART,
          isolate: true,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
