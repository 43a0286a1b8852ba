/** The log's lines: one JSON object each, masked, cut, and harmless on a terminal. */
import { expect, test } from 'vitest';
import { makeMask } from '../../src/privacy/mask.ts';
import { makeLog, type LogLevel } from '../../src/watch/log.ts';

function logged(write: (log: ReturnType<typeof makeLog>) => void, level: LogLevel = 'info'): string[] {
  const lines: string[] = [];
  write(makeLog(level, makeMask(['rahasia-contoh']), { write: (line) => void lines.push(line) }));
  return lines;
}

test('one unit of work is one line of JSON with level, time and event', () => {
  const [line, ...others] = logged((log) =>
    log.info('attempt.ended', { agency: 'dukcapil', ms: 12, ok: true }),
  );
  expect(others).toEqual([]);
  expect(JSON.parse(line!)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    event: 'attempt.ended',
    agency: 'dukcapil',
    ms: 12,
    ok: true,
  });
});

test('no canary reaches the line, in whatever form it is handed over', () => {
  const error = Object.assign(
    new Error('rejected 9901014508909999', { cause: new Error('rahasia-contoh') }),
    {
      config: { headers: { authorization: 'Bearer abcdef123456' } },
    },
  );
  const fields = {
    a: { b: ['9901014508909999', 'rahasia-contoh'] },
    n: 1234567890123456,
    error,
    k9901014508909999: 1,
  };
  const text = logged((log) => log.error('x.y 9901014508909999', fields)).join('');
  for (const canary of ['990101', 'rahasia', 'abcdef123456', '123456789012'])
    expect(text).not.toContain(canary);
});

test('a forged line, control characters and terminal codes stay inside their string', () => {
  const evil = 'a\r\n{"level":"error"}\u001b[31m\u009b31m\u202eb\u2028c';
  const [line] = logged((log) => log.info('x.y', { evil }));
  expect(line!.trimEnd()).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
  expect(logged((log) => log.info('x.y', { level: 'error', time: 'never', event: 'other' }))[0]).toContain(
    '"event":"x.y"',
  );
  expect(JSON.parse(line!).level).toBe('info');
});

test('strings are cut at 2 kB, and big or deep values are named only', () => {
  const deep = { a: { b: { c: { d: { e: 1 } } } } };
  const [line] = logged((log) =>
    log.warn('x.y', { long: 'x'.repeat(1_000_000), deep, bytes: Buffer.alloc(9) }),
  );
  const entry = JSON.parse(line!);
  expect(entry.long.length).toBeLessThanOrEqual(2049);
  expect(entry.bytes).toBe('[9 bytes]');
  expect(line!.length).toBeLessThan(3000);
});

test('the level holds', () => {
  expect(logged((log) => log.info('x.y'), 'warn')).toEqual([]);
});
