/** How the tests run: rules, parts and contracts share their workers; whatever opens sockets for strangers or starts processes has its own. */
import { defineConfig } from 'vitest/config';

/** Real processes, hostile sockets, and stand-ins that replace the network of a whole process (msw). */
const APART = ['tests/journeys/**/*.test.ts', 'tests/commands/**/*.test.ts', 'tests/hostile/**/*.test.ts'];

export default defineConfig({
  test: {
    // Time zones and environments are a process's own, so workers are processes and not threads.
    pool: 'forks',
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
