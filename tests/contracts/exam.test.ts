/** The contract that every adapter keeps: each stands the exam, natively, in the interpreter and against its stand-in. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { examine, PARTS, type ExamReport, type PartName } from '../../src/adapter-kit/exam/index.ts';
import { systemClock } from '../../src/clock.ts';
import { inZone } from '../../src/config/env.ts';
import { loadConnector } from '../../src/connectors/load.ts';
import { sandboxedAdapter } from '../../src/connectors/sandbox/index.ts';

const ADAPTERS = join(import.meta.dirname, '../../adapters');
const clock = systemClock;
/** The first of its tests takes the whole exam: a second or two, unless the machine is busy with others. */
const LONGEST_MS = 120_000;

for (const { name } of adapters) {
  describe(name, () => {
    let taken: Promise<ExamReport> | undefined;
    const report = (): Promise<ExamReport> => (taken ??= exam(name));

    test.each(Object.keys(PARTS) as PartName[])(
      '%s',
      async (part) => {
        const { parts } = await report();
        expect(parts.find((one) => one.name === part)!.findings).toEqual([]);
      },
      LONGEST_MS,
    );

    test('reaches the top grade', async () => {
      expect(await report()).toMatchObject({ name, grade: 'A', passed: true });
    });
  });
}

async function exam(name: string): Promise<ExamReport> {
  const connector = await loadConnector(join(ADAPTERS, name), { clock, as: 'own' });
  const isCode = connector.folder.kind === 'code';
  const interpreter = isCode ? await sandboxedAdapter(connector.folder, { clock }) : null;
  try {
    const host = { inZone };
    return await examine(connector, { clock, interpreter, simulator: true, minGrade: 'A', host });
  } finally {
    await interpreter?.close();
    await connector.close();
  }
}
