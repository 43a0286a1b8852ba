/** Route tests made ready to run: files read and checked against the configuration, each test a thing that can be run. */
import { relative } from 'node:path';
import { checkConfig } from '../../config/check.ts';
import type { Finding } from '../../config/finding.ts';
import { makeMask } from '../../privacy/mask.ts';
import { madeApplication } from '../../rehearse/application.ts';
import type { Difference } from '../../rehearse/route-tests/compare.ts';
import { readTests, testFilesUnder } from '../../rehearse/route-tests/read.ts';
import { runTest, type TestParts } from '../../rehearse/route-tests/run.ts';
import { timelineLines } from '../../rehearse/timeline.ts';
import { spanOf } from '../../rehearse/times.ts';
import { findApplication, finder, type Parts } from './parts.ts';

export interface Outcome {
  file: string;
  service: string;
  name: string;
  /** With its service. */
  title: string;
  state: string;
  /** How it ended, and how long that took in virtual time. */
  note: string;
  differences: Difference[];
  timeline(): string[];
}

export interface RunnableTest {
  /** With its service. */
  name: string;
  run(): Promise<Outcome>;
}

export interface RunnableTests {
  all: RunnableTest[];
  /** Nothing can be tested with any. */
  findings: Finding[];
}

/** Mistakes of the configuration come first: what tests speak of is not sure then. */
export async function openTests(parts: Parts, path: string): Promise<RunnableTests> {
  const { catalogue, findings } = await checkConfig(parts.env.configDir, parts.adapters);
  if (!catalogue) return { all: [], findings };
  const files = await testFilesUnder(path);
  const read = await Promise.all(files.map((file) => readTests(relative('', file), catalogue)));
  const wrong = read.flatMap((one) => one.findings);
  if (wrong.length > 0) return { all: [], findings: wrong };
  const { adapters, simulatorOf, turn } = parts;
  const own: TestParts = {
    ...{ catalogue, adapters, simulatorOf, turn, finder },
    async otherwise(service) {
      const found = await findApplication(parts, service, undefined);
      return (
        found ?? { application: madeApplication(catalogue, catalogue.services.get(service)!), file: null }
      );
    },
  };
  const all = read.flatMap(({ path: file, tests }) =>
    (tests?.tests ?? []).map((test): RunnableTest => {
      const title = `${tests!.service}: ${test.name}`;
      return {
        name: title,
        async run() {
          const { rehearsed, differences } = await runTest(file, tests!, test, own);
          const { seen, startedAt, ended } = rehearsed;
          const state = seen[0]?.state ?? 'not taken in';
          const took = seen[0]?.endedAt == null ? ended : `after ${spanOf(seen[0].endedAt - startedAt)}`;
          const timeline = (): string[] => timelineLines(rehearsed, makeMask([]));
          return {
            ...{ file, service: tests!.service, name: test.name, title, state, differences, timeline },
            note: `${state}, ${took}`,
          };
        },
      };
    }),
  );
  return { all, findings: [] };
}
