/** A rehearsal: the real bus and the real stand-ins in virtual time, with faults, acts and habits. */
import { expect, test } from 'vitest';
import { makeMask } from '../../src/privacy/mask.ts';
import { parseAct, parseFaults } from '../../src/rehearse/words.ts';
import { asJson, endingLines, entriesOf, timelineLines } from '../../src/rehearse/timeline.ts';
import { DAY, example, play, states } from './support.ts';

const mask = makeMask([]);

test('the certificate, end to end: every step done, each effect once in its agency’s own book', async () => {
  const rehearsed = await play();
  expect(states(rehearsed)).toEqual({ person: 'succeeded', bill: 'succeeded', certificate: 'succeeded' });
  expect(rehearsed.seen[0]).toMatchObject({ state: 'completed', items: [], code: null });
  expect(rehearsed.ended).toBe('final');
  expect(rehearsed.counts).toEqual({ lost: 0, doubled: 0 });
  const text = [...timelineLines(rehearsed, mask), ...endingLines(rehearsed, mask)].join('\n');
  expect(text).toMatch(/Mon 16 Nov 09:00:00 {2}\+0s +application accepted/);
  expect(text).toMatch(/\+10m +bank-kalbar tells/);
  expect(text).toContain('polres-6112: recordCertificate × 1 for certificate');
  expect(text).toMatch(
    /the citizen is told \(payment\): Application \S+ \(Police record certificate\) waits/,
  );
});

test('two runs of the same are the same, to the last character', async () => {
  const [one, other] = [await play(), await play()].map((all) => JSON.stringify(asJson(all, mask)));
  expect(one).toBe(other);
});

test('days pass in moments: an unpaid bill expires after a day, and a bank asked all the while is one line', async () => {
  const rehearsed = await play({ habits: { payMs: null } });
  const [first] = rehearsed.seen;
  expect(first).toMatchObject({ state: 'expired', code: 'PAYMENT_EXPIRED' });
  expect(first!.endedAt! - rehearsed.startedAt).toBe(DAY);
  const asked = entriesOf(rehearsed, mask).filter(({ text }) => text.includes('bill: inquiry'));
  expect(asked.length).toBeLessThan(5);
});

test('a fault strikes the exchange that it is meant for, and only so often', async () => {
  const rehearsed = await play({ script: parseFaults('bill=loseReply,person=status:503*2') });
  expect(rehearsed.struck.map(({ step, kind }) => `${step} ${kind}`)).toEqual([
    'person status',
    'person status',
    'bill loseReply',
  ]);
  const { attempts } = rehearsed.seen[0]!;
  expect(attempts.filter(({ step }) => step === 'person').map(({ outcome }) => outcome)).toEqual([
    'retry',
    'retry',
    'ok',
  ]);
  expect(attempts.filter(({ step, kind }) => step === 'bill' && kind === 'send')).toHaveLength(1);
  expect(rehearsed.seen[0]!.state).toBe('completed');
});

test('an agency that is down for two days is asked until it is back', async () => {
  const rehearsed = await play({ script: parseFaults('certificate=down:2d') });
  const [first] = rehearsed.seen;
  expect(first!.state).toBe('completed');
  expect(first!.endedAt! - rehearsed.startedAt).toBeGreaterThan(2 * DAY);
  const told = rehearsed.noted.map(({ text }) => text);
  expect(told).toContain('for an operator: overdue (DEADLINE_BREACHED)');
  expect(told).toContain('no longer for an operator: overdue');
});

test('news that is lost on its way is found by asking', async () => {
  const rehearsed = await play({ script: parseFaults('certificate=noNews:1d') });
  expect(rehearsed.heard.some(({ agency, status }) => agency === 'polres-6112' && status === null)).toBe(
    true,
  );
  expect(rehearsed.seen[0]!.state).toBe('completed');
});

test('people act when their time comes, and a refusal is kept with what was said', async () => {
  const script = [parseAct('withdraw when bill is waitingPayment after 5m'), parseAct('withdraw at 2h')];
  const rehearsed = await play({ script });
  expect(rehearsed.seen[0]).toMatchObject({ state: 'withdrawn' });
  expect(states(rehearsed)).toEqual({ person: 'succeeded', bill: 'compensated', certificate: 'cancelled' });
  const done = rehearsed.done.map(({ at, refused }) => [at - rehearsed.startedAt, refused]);
  expect(done).toEqual([
    [300_000, null],
    [7_200_000, 'application_ended'],
  ]);
});

test('an agency’s act speaks of the step by what is known of it then', async () => {
  const script = [
    parseAct('police.hold'),
    parseAct(
      'police.decide {"requestId":"{certificate.key}","status":"REFUSED"} when certificate is waitingAgency',
    ),
  ];
  const rehearsed = await play({ script });
  expect(rehearsed.seen[0]).toMatchObject({ state: 'rejected', code: 'NOT_ELIGIBLE' });
  expect(rehearsed.seen[0]!.items.map(({ step, kind }) => `${step} ${kind}`)).toEqual(['bill refund']);
});

test('who is told to pay pays then, and not by habit', async () => {
  const rehearsed = await play({ script: [parseAct('pay bill after 3h')] });
  const paid = rehearsed.heard.find(({ path }) => path.endsWith('/payment'))!;
  expect(paid.at - rehearsed.startedAt).toBe(10_800_000);
});

test('an act whose time never comes is named, and so is one that no agency knows', async () => {
  const script = [parseAct('retry bill when bill is parked'), parseAct('bank.fly')];
  const rehearsed = await play({ script });
  expect(rehearsed.left.map(({ act }) => act.is)).toEqual(['retry']);
  expect(rehearsed.done[0]!.refused).toContain('knows no act "fly"');
  expect(endingLines(rehearsed, mask)[0]).toContain('completed');
});

test('what is no application is not taken in: every problem with its pointer', async () => {
  const application = { ...example('07-skck-loket'), formData: { purpose: '' } };
  const { refused, seen } = await play({ application });
  expect(seen).toEqual([]);
  expect(refused!.problems.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
    '/formData/purpose schema_minLength',
  ]);
});

test('the time that is played has an end', async () => {
  const rehearsed = await play({ habits: { payMs: null }, forMs: 3_600_000 });
  expect(rehearsed.ended).toBe('time');
  expect(rehearsed.seen[0]!.state).toBe('waitingPayment');
});
