/** Every command explains itself, and a wrong call says what is wrong with it. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { adapters as shipped } from '../../adapters/index.ts';
import { systemClock } from '../../src/clock.ts';
import { makeProgram } from '../../src/commands/program.ts';
import { jembatan, temporaryFolder } from './stand.ts';

function pathsOf(command: Command, before: string[]): string[][] {
  return command.commands.flatMap((one) => [
    [...before, one.name()],
    ...pathsOf(one, [...before, one.name()]),
  ]);
}

const shell = { env: {}, clock: systemClock, out: () => {}, err: () => {} };
const PATHS = pathsOf(makeProgram(shell), []);

const KNOWN = `start demo check explain plan rehearse test diff impact; adapter; adapter new; adapter dev; adapter try; adapter docs; adapter test; adapter pack; adapter key; adapter trust; adapter trust add; adapter trust list;
  adapter trust remove; adapter add; adapter list; adapter remove; key; key create; key list; key revoke; audit; audit verify; migrate backup restore move prune; send show list withdraw thread survey complaints
  items stuck retry new-round resolve replay cancel reconcile tasks decide reload processes; route; route list; route show; route stage; route activate; route rollback; agency; agency list; agency drift; agency pause; agency resume`;

test('these are the commands', () => {
  const groups = KNOWN.split(/;\s*/).map((group) => group.split(/\s+/));
  const known = groups.flatMap((words) =>
    ['key', 'audit', 'agency', 'adapter', 'route'].includes(words[0]!) ? [words.join(' ')] : words,
  );
  expect(PATHS.map((path) => path.join(' ')).toSorted()).toEqual(known.toSorted());
});

test.each(PATHS.map((path) => [path.join(' '), path] as const))('%s --help', async (name, path) => {
  const { code, out, err } = await jembatan([...path, '--help']);
  expect([code, err]).toEqual([0, []]);
  expect(out[0]).toMatch(new RegExp(`^Usage: jembatan ${name}`));
  expect(out[2]).toMatch(/^[a-z].{10,}/i);
});

test('help as a whole: every command in its group, and how a bus is found', async () => {
  const { code, out } = await jembatan(['--help']);
  const text = out.join('\n');
  expect(code).toBe(0);
  for (const [first] of PATHS) expect(text).toMatch(new RegExp(`^  ${first} .*\\S`, 'm'));
  expect(text).toContain('Operators, over the API:');
  expect(text).toContain('JEMBATAN_KEY');
});

test('--version is the package’s', async () => {
  const { code, out } = await jembatan(['--version']);
  expect([code, out.length]).toEqual([0, 1]);
  expect(out[0]).toMatch(/^\d+\.\d+\.\d+$/);
});

test.each([
  [[], 'Usage: jembatan'],
  [['strat'], 'Did you mean start?'],
  [['show'], "missing required argument 'application'"],
  [['show', 'a', 'b'], 'too many arguments'],
  [['list', '--stat', 'x'], 'Did you mean --state?'],
  [['list', '--state', 'done'], 'Allowed choices are accepted'],
  [['list', '--limit', '0'], 'whole number from 1 to 10000'],
  [['cancel', 'a'], "required option '--reason <text>'"],
  [
    ['resolve', 'a', 's', '--as', 'fine', '--reason', 'why'],
    'Allowed choices are succeeded, rejected, notDone',
  ],
  [['resolve', 'a', 's', '--as', 'succeeded', '--reason', 'why'], '--output belongs to --as succeeded'],
  [
    ['resolve', 'a', 's', '--as', 'notDone', '--code', 'X', '--reason', 'why'],
    '--code belongs to --as rejected',
  ],
  [
    ['resolve', 'a', 's', '--as', 'succeeded', '--output', '{"a":1,"a":2}', '--reason', 'why'],
    'same key twice',
  ],
  [['send', 'a.json', 'b.json', '--idempotency-key', 'k'], 'one application'],
  [['list'], 'No API key: set JEMBATAN_KEY'],
])('%j is a wrong call: exit code 2', async (words, said) => {
  const { code, out, err } = await jembatan(words);
  expect(err.join('\n')).toContain(said);
  expect([code, out]).toEqual([2, []]);
});

test('a misspelt setting is refused before anything is asked, and a key that cannot be one', async () => {
  const { code, err } = await jembatan(['list'], {
    JEMBATAN_KYE: 'x',
    JEMBATAN_KEY: 'two\nlines',
    JEMBATAN_URL: 'ftp://x',
  });
  expect(code).toBe(1);
  expect(err).toHaveLength(4);
  expect(err[0]).toContain('Write JEMBATAN_KEY');
  expect(err.join('\n')).not.toContain('lines');
});

test('a command over the API does not need the bus’s own settings to be right', async () => {
  const { err } = await jembatan(['list'], { JEMBATAN_PORT: 'eighty', JEMBATAN_QUEUE: 'kafka' });
  expect(err[0]).toContain('No API key');
});

test('adapters are listed with their operations and effects', async () => {
  const { code, out } = await jembatan(['adapter', 'list'], { JEMBATAN_DATA: temporaryFolder() });
  expect(code).toBe(0);
  expect(out.find((line) => line.includes('collectPayment'))).toMatch(
    /^banking@\d+\.\d+\.\d+ +shipped +- +collectPayment +keyed, money +can be asked +can be undone/,
  );
  const { adapters } = JSON.parse(
    (await jembatan(['adapter', 'list', '--json'], { JEMBATAN_DATA: temporaryFolder() })).out.join('\n'),
  ) as {
    adapters: { name: string; operations: { effect: string }[]; hosted: string[] }[];
  };
  expect(adapters.map(({ name }) => name).toSorted()).toEqual(shipped.map(({ name }) => name).toSorted());
  expect(adapters.every(({ operations }) => operations.length > 0)).toBe(true);
});
