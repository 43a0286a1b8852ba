/** The demo as a newcomer runs it, and the proof that its last line can say otherwise. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { demo, type DemoOptions } from '../../src/commands/demo/index.ts';
import { ROOT } from './bus-process.ts';

const SENT = readdirSync(`${ROOT}examples`).filter((name) => name.endsWith('.json')).length;

async function run(meddle?: DemoOptions['meddle']): Promise<{ well: boolean; lines: string[] }> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const well = await demo({ keep: false, terminal: null, print, ...(meddle && { meddle }) });
  return { well, lines };
}

test.concurrent(
  'the demo ends with every application settled, none lost, none doubled',
  { timeout: 300_000 },
  async () => {
    const { well, lines } = await run();
    expect(lines.at(-1)).toMatch(
      new RegExp(`^demo: ${SENT} applications, ${SENT} settled, 0 lost, 0 doubled, \\d+ s$`),
    );
    expect(lines.at(-2)).toMatch(/^settled: \d+ in a final state, \d+ as a named item for a person$/);
    expect(SENT).toBeGreaterThanOrEqual(12);
    expect(well).toBe(true);
  },
);

test.concurrent(
  'an effect that stands twice in a book makes the demo fail',
  { timeout: 300_000 },
  async () => {
    const { well, lines } = await run(async ({ standIns }) => {
      const card = standIns['dukcapil']!.simulator.book().find(({ effect }) => effect === 'familyCard');
      card!.times += 1;
    });
    expect(lines.at(-1)).toMatch(/ 0 lost, 1 doubled, /);
    expect(well).toBe(false);
  },
);
