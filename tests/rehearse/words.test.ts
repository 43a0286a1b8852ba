/** Acts, faults and conditions as people write them. */
import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../src/rehearse/conditions.ts';
import { parseAct, parseFaults, WordsError } from '../../src/rehearse/words.ts';

describe('faults', () => {
  test('several, with values and times', () => {
    expect(parseFaults('bill=loseReply, a/b=status:503*4,certificate=down:2h').map(({ act }) => act)).toEqual(
      [
        { is: 'fault', step: 'bill', kind: 'loseReply', times: 1, of: 'send' },
        { is: 'fault', step: 'a/b', kind: 'status', times: 4, of: 'send', value: 503 },
        { is: 'fault', step: 'certificate', kind: 'down', times: 1, of: 'send', value: 7_200_000 },
      ],
    );
  });

  test.each(['bill', 'bill=explode', 'bill=status:5x', '=hang', 'bill=hang*0'])('%s is none', (text) => {
    expect(() => parseFaults(text)).toThrow(WordsError);
    expect(() => parseFaults(text)).toThrow('loseReply, hang');
  });
});

describe('acts', () => {
  test.each<[string, object]>([
    [
      'pay bill',
      {
        act: { is: 'pay', step: 'bill', detail: {} },
        when: { of: 'step', step: 'bill', is: 'waitingPayment', round: null },
      },
    ],
    [
      'pay bill {"amount":20000} at 2h',
      { act: { is: 'pay', step: 'bill', detail: { amount: 20_000 } }, at: 7_200_000 },
    ],
    [
      'decide review rejected NOT_CLEAR when review is waitingOfficer in round 2 after 10m',
      {
        act: { is: 'decide', step: 'review', by: 'officer', decision: { as: 'rejected', code: 'NOT_CLEAR' } },
        when: { of: 'step', step: 'review', is: 'waitingOfficer', round: 2 },
        after: 600_000,
      },
    ],
    [
      'correct /formData/purpose="a b" /formData/n=3',
      {
        act: {
          is: 'correct',
          changes: [
            { pointer: '/formData/purpose', value: 'a b' },
            { pointer: '/formData/n', value: 3 },
          ],
          documents: [],
        },
        when: { of: 'application', is: 'waitingApplicant' },
      },
    ],
    ['withdraw at 5m', { act: { is: 'withdraw', reason: 'rehearsal' }, at: 300_000 }],
    ['police.hold', { act: { is: 'agency', agency: { id: 'police' }, act: 'hold', with: {} } }],
    [
      'bank.pay {"trxId":"{bill.key}"} when step.reminder of bill, time 2',
      {
        act: { is: 'agency', agency: { id: 'bank' }, act: 'pay', with: { trxId: '{bill.key}' } },
        when: { of: 'event', type: 'step.reminder', step: 'bill', nth: 2 },
      },
    ],
  ])('%s', (text, item) => {
    expect(parseAct(text)).toEqual(item);
  });

  test.each<[string, string]>([
    ['fly away', '"fly away" is no act'],
    ['pay bill wen x', 'neither JSON nor a time'],
    ['pay bill {"a":', 'is no JSON'],
    ['pay bill when bill goes', 'is no condition'],
    ['decide review perhaps', 'is no decision'],
    ['correct it', 'mends nothing'],
  ])('%s: says what is wrong', (text, said) => {
    expect(() => parseAct(text)).toThrow(said);
  });
});

test.each(['bill is', 'bill was waiting', 'bill is waiting in round 0', 'sla', 'Bill', ''])(
  '%j is no condition',
  (text) => {
    expect(parseCondition(text)).toBeUndefined();
  },
);
