/** Every test that stands beside a shipped route, as `jembatan test` plays it. */
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { documentsIn } from '../../src/commands/send-documents.ts';
import { readTests, testFilesUnder } from '../../src/rehearse/route-tests/read.ts';
import { runTest, type TestParts } from '../../src/rehearse/route-tests/run.ts';
import { madeApplication } from '../../src/rehearse/application.ts';
import { ROOT, shippedMall, simulatorOf } from './support.ts';

const catalogue = await shippedMall();
const files = await Promise.all(
  (await testFilesUnder(`${ROOT}config`)).map((path) => readTests(path, catalogue)),
);

const parts: TestParts = {
  ...{ catalogue, adapters, simulatorOf, turn: (fn) => void setImmediate(fn) },
  finder: (file) => (sha256) => documentsIn(dirname(resolve(file))).find(file, sha256),
  otherwise: (service) => ({
    application: madeApplication(catalogue, catalogue.services.get(service)!),
    file: null,
  }),
};

test('the files have no mistakes', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap(({ findings }) => findings)).toEqual([]);
});

for (const { path, tests } of files) {
  describe(tests?.service ?? path, () => {
    test.each((tests?.tests ?? []).map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const { differences } = await runTest(path, tests!, one, parts);
      expect(differences).toEqual([]);
    });
  });
}
