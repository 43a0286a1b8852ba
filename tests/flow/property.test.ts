import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINAL, type ApplicationState } from '../../src/domain/application.ts';
import { look, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { violations } from '../support/invariants.ts';
import type { Answer, Asked, TestAgency } from '../support/test-agency.ts';
import { openWorld } from '../support/world.ts';

const HOUR = 3_600_000;

/** What an agency may do to one exchange; `undefined` is the plain thing. */
const answers: (Answer | undefined)[] = [
  undefined,
  'loseBefore',
  'loseAfter',
  { is: 'retry', code: 'BUSY' },
  { is: 'retry', code: 'BUSY', afterSeconds: 30 },
  { is: 'unknown', code: 'CANNOT_TELL' },
  { is: 'away', code: 'MAINTENANCE' },
  { is: 'pending', reference: 'R' },
  { is: 'refused', code: 'NO' },
  { status: 500 },
  { status: 503 },
  { status: 429, headers: { 'retry-after': '5' } },
];
const fates = ['rung', 'lost', 'doubled', 'late'] as const;

/** Agencies fail, they do not lie: what was done is not denied, and what cannot be asked about does not stay pending. */
function honest(
  agency: TestAgency,
  { kind, operation, key }: Asked,
  answer: Answer | undefined,
): Answer | undefined {
  const says = typeof answer === 'object' && 'is' in answer ? answer.is : '';
  if (says === 'pending' && (operation === 'file' || kind !== 'send')) return undefined;
  const denies = says === 'refused' || (says === 'retry' && kind === 'inquiry');
  return denies && (agency.effects.has(key) || kind !== 'send') ? undefined : answer;
}

test(
  'whatever bells are lost and whatever agencies do, a route has one end and no effect twice',
  { timeout: 60_000 },
  async () => {
    const runs = fc.record({
      seed: fc.integer(),
      said: fc.array(fc.integer({ min: 0, max: answers.length - 1 }), { maxLength: 14 }),
      bells: fc.array(fc.constantFrom(...fates), { maxLength: 30 }),
      withdrawAfterMs: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, said, bells, withdrawAfterMs }) => {
        const fate = [...bells];
        const world = await openWorld({
          seed,
          catalogue: smallCatalogue(
            {
              a: { call: 'desk.reserve' },
              b: { call: 'desk.enter', after: 'a' },
              c: { call: 'desk.file', after: 'b' },
            },
            [agencyEntry('desk', { retry: { inquiries: 4, attempts: 4 } })],
          ),
          wrapQueue: (queue) => ({
            ...queue,
            ring(ring) {
              const what = fate.shift() ?? 'rung';
              if (what === 'lost') return;
              queue.ring(what === 'late' ? { ...ring, at: ring.at + 7000 } : ring);
              if (what === 'doubled') queue.ring({ ...ring, at: ring.at + 3 });
            },
          }),
        });
        const script = said.map((one) => answers[one]);
        const agency = world.agencies['desk']!;
        agency.script = (asked) => honest(agency, asked, script.shift());
        const id = await submit(world);
        if (withdrawAfterMs !== undefined) {
          await world.clock.advance(withdrawAfterMs);
          await world.call(`/v1/applications/${id}/withdraw`, { body: { reason: 'changed my mind' } });
        }
        let shown = await look(world, id);
        const settled = (): boolean => FINAL.has(shown.state as ApplicationState) || shown.items.length > 0;
        for (let hours = 0; hours < 60 && !settled(); hours += 1) {
          await world.clock.advance(HOUR, 30_000);
          shown = await look(world, id);
        }
        const events = await world.ledger.events(id, 0, 1000);
        const ends = events.filter(({ type }) =>
          FINAL.has(/application\.(\w+)\.v1$/.exec(type)?.[1] as ApplicationState),
        );
        const doubled = [...agency.effects.values()].filter((times) => times > 1);
        const broken = await violations(world);
        await world.close();
        expect(broken).toEqual([]);
        expect(doubled).toEqual([]);
        expect(settled()).toBe(true);
        expect(ends.length).toBe(FINAL.has(shown.state as ApplicationState) ? 1 : 0);
        // What ended otherwise than well has left nothing behind that nobody knows of.
        if (['rejected', 'withdrawn'].includes(shown.state)) {
          const left = [...agency.effects.keys()].filter((key) => !agency.undone.includes(key));
          expect(left.length).toBeLessThanOrEqual(shown.items.length);
        }
      }),
      { numRuns: 50 },
    );
  },
);
