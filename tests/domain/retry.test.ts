/** Whether it is sent again: every effect, kind and outcome, and what no run of answers may ever lead to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect, Outcome } from '../../src/domain/outcome.ts';
import { backoffMs, decide, type Decision, type Tried } from '../../src/domain/retry.ts';

type Reply = Exclude<Outcome, { is: 'more' }>;
type Kind = Tried['kind'];

const NOW = Date.parse('2026-01-15T02:30:05Z');
const POLICY = { attempts: 5, base: '10s', cap: '10m', inquiries: 4 };
const INQUIRY = { notBefore: '60s', trustAfter: '10m' };
const TRUSTED = 10 * 60_000;

const REPLIES = {
  ok: { is: 'ok', output: {} },
  refused: { is: 'refused', code: 'NIK_NOT_FOUND' },
  sendBack: { is: 'sendBack', corrections: [{ code: 'PHOTO' }] },
  pending: { is: 'pending', reference: 'r' },
  retry: { is: 'retry', code: 'BUSY' },
  unknown: { is: 'unknown', code: 'LOST' },
  away: { is: 'away', code: 'QUOTA' },
} satisfies Record<string, Reply>;
type Word = keyof typeof REPLIES;

const EFFECTS: Effect[] = ['read', 'keyed', 'inquirable', 'once'];
const KINDS: Kind[] = ['send', 'inquiry', 'undo'];
const WORDS = Object.keys(REPLIES) as Word[];

function tried(fields: Partial<Tried> = {}): Tried {
  return {
    kind: 'send',
    effect: 'keyed',
    waiting: false,
    spent: 0,
    inquiries: 0,
    sentAt: NOW,
    probe: false,
    ...fields,
  };
}

const decideAt = (word: Word, fields: Partial<Tried>, chance = 0.5): Decision =>
  decide(REPLIES[word], tried(fields), POLICY, { now: NOW, chance });

/** In words: `again?` is sent again although it may have been done; `ask…` goes on waiting for news meanwhile. */
function word(decision: Decision): string {
  if (decision.is === 'again') return decision.perhaps ? 'again?' : 'again';
  if (decision.is === 'ask') return decision.waiting ? 'ask…' : 'ask';
  return decision.is;
}

/** Outcomes that mean the same whatever was asked, of whatever effect. */
const ALWAYS: Partial<Record<Word, string>> = {
  ok: 'succeeded',
  refused: 'rejected',
  sendBack: 'sendBack',
  pending: 'wait',
};

/** The rest: `effect/kind`, with an inquiry or without (-), asked too early to be trusted (early) or while waiting. */
const TABLE: Record<string, Record<'retry' | 'unknown' | 'away', string>> = {
  'read/send': { retry: 'again', unknown: 'again', away: 'again' },
  'read/send -': { retry: 'again', unknown: 'again', away: 'again' },
  'read/undo': { retry: 'again', unknown: 'again', away: 'again' },
  'read/undo -': { retry: 'again', unknown: 'again', away: 'again' },
  'keyed/send': { retry: 'again', unknown: 'ask', away: 'again' },
  'keyed/send -': { retry: 'again', unknown: 'again?', away: 'again' },
  'keyed/undo': { retry: 'again', unknown: 'again?', away: 'again' },
  'keyed/undo -': { retry: 'again', unknown: 'again?', away: 'again' },
  'inquirable/send': { retry: 'again', unknown: 'ask', away: 'again' },
  'inquirable/send -': { retry: 'again', unknown: 'park', away: 'again' },
  'inquirable/undo': { retry: 'again', unknown: 'park', away: 'again' },
  'inquirable/undo -': { retry: 'again', unknown: 'park', away: 'again' },
  'once/send': { retry: 'again', unknown: 'ask', away: 'again' },
  'once/send -': { retry: 'again', unknown: 'park', away: 'again' },
  'once/undo': { retry: 'again', unknown: 'park', away: 'again' },
  'once/undo -': { retry: 'again', unknown: 'park', away: 'again' },
  // An answer to a question: the same for every effect.
  'any/inquiry': { retry: 'again', unknown: 'ask', away: 'ask' },
  'any/inquiry early': { retry: 'ask', unknown: 'ask', away: 'ask' },
  'any/inquiry waiting': { retry: 'ask…', unknown: 'ask…', away: 'ask…' },
};

const VARIANTS: Record<Kind, string[]> = {
  send: ['', ' -'],
  undo: ['', ' -'],
  inquiry: ['', ' early', ' waiting'],
};
const names = EFFECTS.flatMap((effect) =>
  KINDS.flatMap((kind) => VARIANTS[kind].map((variant) => `${effect}/${kind}${variant}`)),
);
const cases: [string, Word][] = names.flatMap((name) => WORDS.map((reply): [string, Word] => [name, reply]));

describe('every effect, kind and outcome', () => {
  test.each(cases)('%s answered %s', (name, reply) => {
    const [effect, kind] = name.split(/[/ ]/) as [Effect, Kind];
    const early = name.endsWith('early');
    const waiting = name.endsWith('waiting');
    const inquiry = name.endsWith('-') ? {} : { inquiry: INQUIRY };
    const sentAt = NOW - (early ? TRUSTED - 1 : TRUSTED);
    const row: Partial<Record<Word, string>> =
      TABLE[kind === 'inquiry' ? name.replace(effect, 'any') : name]!;
    const expected = ALWAYS[reply] ?? row[reply];
    expect(word(decideAt(reply, { effect, kind, waiting, sentAt, ...inquiry }))).toBe(expected);
  });

  test('the table has no row that is not asked for', () => {
    const asked = new Set(
      names.map((name) => (name.includes('/inquiry') ? name.replace(/^\w+/, 'any') : name)),
    );
    expect([...asked].toSorted()).toEqual(Object.keys(TABLE).toSorted());
  });
});

describe('what is spent', () => {
  test.each(KINDS)('an away or a probe costs a %s nothing, however often', (kind) => {
    for (const reply of ['away', 'retry', 'unknown'] as const) {
      const probe = reply !== 'away';
      const last = {
        kind,
        effect: 'keyed',
        spent: 4,
        inquiries: 3,
        sentAt: NOW - TRUSTED,
        inquiry: INQUIRY,
        probe,
      } as const;
      const decision = decideAt(reply, last);
      expect(decision.is).not.toBe('park');
      if (decision.is === 'again') expect(decision.spent).toBe(4);
      if (decision.is === 'ask' && kind === 'inquiry') expect(decision.inquiries).toBe(3);
    }
  });

  test('an away leaves the step due at once: its lane sleeps, not it', () => {
    expect(decideAt('away', { kind: 'send' })).toMatchObject({ is: 'again', at: NOW });
    expect(decideAt('away', { kind: 'inquiry', inquiry: INQUIRY })).toMatchObject({ is: 'ask', at: NOW });
  });

  test('a send costs one, and the last one is followed by a person', () => {
    for (let spent = 0; spent < 4; spent += 1)
      expect(decideAt('retry', { spent })).toMatchObject({ is: 'again', spent: spent + 1 });
    expect(decideAt('retry', { spent: 4 })).toEqual({ is: 'park', code: 'BUSY' });
    expect(decideAt('unknown', { spent: 4 })).toEqual({ is: 'park', code: 'OUTCOME_UNKNOWN' });
    expect(decideAt('unknown', { spent: 4, effect: 'read' })).toEqual({ is: 'park', code: 'LOST' });
  });

  test('a question costs one; a step that waits for news is asked about without end', () => {
    const asked = { kind: 'inquiry', inquiry: INQUIRY, inquiries: 3 } as const;
    expect(decideAt('unknown', { ...asked, inquiries: 2 })).toMatchObject({ is: 'ask', inquiries: 3 });
    expect(decideAt('unknown', asked)).toEqual({ is: 'park', code: 'OUTCOME_UNKNOWN' });
    expect(decideAt('unknown', { ...asked, inquiries: 500, waiting: true })).toMatchObject({
      is: 'ask',
      inquiries: 501,
    });
  });
});

describe('when', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('a wait is between one millisecond and base · 2^n, and never above the cap', () => {
    fc.assert(
      fc.property(fc.nat(1000), chance, (tries, odds) => {
        const ms = backoffMs(POLICY, tries, odds);
        expect(Number.isSafeInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(1);
        expect(ms).toBeLessThanOrEqual(Math.min(10_000 * 2 ** Math.min(tries, 30), 600_000));
      }),
    );
    expect([backoffMs(POLICY, 0, 0.999999), backoffMs(POLICY, 3, 0.5), backoffMs(POLICY, 99, 0.5)]).toEqual([
      10_000, 40_000, 300_000,
    ]);
  });

  test('Retry-After is never undercut', () => {
    fc.assert(
      fc.property(fc.nat(100_000), chance, (afterSeconds, odds) => {
        const decision = decide({ is: 'retry', code: 'BUSY', afterSeconds }, tried(), POLICY, {
          now: NOW,
          chance: odds,
        });
        expect(decision.is === 'again' && decision.at).toBeGreaterThanOrEqual(NOW + afterSeconds * 1000);
      }),
    );
  });

  test('the first question comes no sooner than the adapter allows', () => {
    expect(decideAt('unknown', { inquiry: INQUIRY })).toMatchObject({
      is: 'ask',
      at: NOW + 60_000,
      inquiries: 0,
    });
  });

  test('questions are half a minute apart or more, and no further than the cap', () => {
    fc.assert(
      fc.property(fc.nat(1000), chance, (inquiries, odds) => {
        const asked = { kind: 'inquiry', inquiry: INQUIRY, inquiries, waiting: true } as const;
        const decision = decide(REPLIES.unknown, tried(asked), POLICY, { now: NOW, chance: odds });
        const gap = decision.is === 'ask' ? decision.at - NOW : NaN;
        expect(gap).toBeGreaterThanOrEqual(30_000);
        expect(gap).toBeLessThanOrEqual(600_000);
      }),
    );
  });

  test('"it never arrived" is asked again the moment it can be believed', () => {
    const asked = { kind: 'inquiry', inquiry: INQUIRY, sentAt: NOW - 60_000 } as const;
    expect(decideAt('retry', asked)).toMatchObject({ is: 'ask', at: NOW - 60_000 + TRUSTED, inquiries: 0 });
  });

  test('a wait without an inquiry names no time to ask', () => {
    expect(decideAt('pending', {})).toEqual({ is: 'wait', pending: REPLIES.pending });
    expect(decideAt('pending', { inquiry: INQUIRY })).toHaveProperty('askAt');
  });
});

describe('whatever answers come', () => {
  const answers = fc.array(
    fc.record({ reply: fc.constantFrom(...WORDS), probe: fc.boolean(), minutes: fc.nat(30) }),
    { maxLength: 40 },
  );

  /** Plays answers and counts sends made while an earlier one may have been done. */
  function play(
    effect: Effect,
    inquiry: boolean,
    run: { reply: Word; probe: boolean; minutes: number }[],
  ): { blind: number; spent: number } {
    const step = { kind: 'send' as Kind, spent: 0, inquiries: 0, sentAt: NOW, waiting: false };
    let now = NOW;
    let perhapsDone = false;
    let blind = 0;
    for (const { reply, probe, minutes } of run) {
      const asked = tried({ ...step, effect, probe, ...(inquiry && { inquiry: INQUIRY }) });
      const decision = decide(REPLIES[reply], asked, POLICY, { now, chance: 0.5 });
      if (step.kind === 'send' && reply === 'unknown') perhapsDone = true;
      // Believed: the agency says, long enough after, that nothing ever came.
      if (step.kind === 'inquiry' && reply === 'retry' && now - step.sentAt >= TRUSTED) perhapsDone = false;
      if (decision.is === 'ask') Object.assign(step, { kind: 'inquiry', inquiries: decision.inquiries });
      else if (decision.is !== 'again') break;
      now += minutes * 60_000;
      if (decision.is !== 'again') continue;
      if (perhapsDone) blind += 1;
      Object.assign(step, { kind: 'send', spent: decision.spent, sentAt: now });
    }
    return { blind, spent: step.spent };
  }

  test.each(['once', 'inquirable'] as const)('%s is never sent blindly twice', (effect) => {
    fc.assert(
      fc.property(answers, fc.boolean(), (run, inquiry) => {
        expect(play(effect, inquiry, run).blind).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('keyed with an inquiry is asked before it is repeated', () => {
    fc.assert(
      fc.property(answers, (run) => {
        expect(play('keyed', true, run).blind).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('the budget is never overdrawn', () => {
    fc.assert(
      fc.property(answers, fc.constantFrom(...EFFECTS), fc.boolean(), (run, effect, inquiry) => {
        expect(play(effect, inquiry, run).spent).toBeLessThan(POLICY.attempts);
      }),
    );
  });
});

test('an agency is believed for a day and a half at the most', () => {
  const outcome: Reply = { is: 'retry', code: 'BUSY', afterSeconds: 999_999_999 };
  expect(decide(outcome, tried(), POLICY, { now: NOW, chance: 0.5 })).toMatchObject({
    is: 'again',
    at: NOW + 36 * 3_600_000,
  });
});
