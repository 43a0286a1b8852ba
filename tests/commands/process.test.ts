/** The real process: what it prints, how it exits, how it stops. */
import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { toldToStop } from '../../src/commands/start-command.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan as inProcess, startable, temporaryFolder } from './stand.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const STARTING_MS = 15_000;
const LONGEST_MS = 30_000;

function jembatan(
  words: string[],
  env: Record<string, string>,
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...words], {
    env,
    encoding: 'utf8',
    timeout: STARTING_MS,
  });
  return { code: status, out: stdout, err: stderr };
}

/** Writes the address of each module that is loaded to standard error. */
const TELLING = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module'; import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); } });`,
)}`;

test.each(['--version', '--help'])(
  '%s loads what commands are called by, and nothing that they work with',
  { timeout: LONGEST_MS },
  (word) => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', TELLING, CLI, word], {
      env: {},
      encoding: 'utf8',
      timeout: STARTING_MS,
    });
    const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'));
    expect(status).toBe(0);
    expect(loaded).toContainEqual(expect.stringMatching(/commands\/plan-command\.ts$/));
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  },
);

/** Adapters, and packages that take longer to load than the whole command line. */
const HEAVY = /\/adapters\/|\/node_modules\/(?!commander|uuid|lru-cache)/;

test('an unknown command: exit code 2, a suggestion, no stack trace', { timeout: LONGEST_MS }, () => {
  const { code, out, err } = jembatan(['chekc'], {});
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('Did you mean check?');
  expect(err).not.toContain('    at ');
});

test(
  'start without secrets says all of it, and the stack only when asked for',
  { timeout: LONGEST_MS },
  async () => {
    const env = { JEMBATAN_DATA: temporaryFolder(), JEMBATAN_CONFIG: SHIPPED };
    const plain = await inProcess(['start'], env);
    expect([plain.code, plain.out]).toEqual([1, []]);
    const missing = plain.err.filter((line) => line.includes('secret_missing'));
    expect(missing.length).toBeGreaterThan(5);
    expect(plain.err.slice(missing.length)).toEqual([`${missing.length} mistakes: nothing was done`]);
    const debug = await inProcess(['start'], { ...env, JEMBATAN_LOG: 'debug' });
    expect(debug.err.join('\n')).toMatch(/^ {4}at /m);
  },
);

test('a port that is taken is one line that says what to do', { timeout: LONGEST_MS }, async () => {
  const holder = await listening();
  const { port } = holder.address() as AddressInfo;
  const { code, out, err } = jembatan(['start'], startable({ JEMBATAN_PORT: String(port) }));
  expect([code, out]).toEqual([1, '']);
  expect(err).toBe(
    `Port ${port} of 127.0.0.1 is taken: stop who listens there, or set JEMBATAN_PORT to another port\n`,
  );
});

test(
  'start prints one line, refuses a second bus on the same ledger, and stops well at SIGTERM',
  { timeout: LONGEST_MS },
  async () => {
    const env = startable({ JEMBATAN_PORT: '0' });
    const child = spawn(process.execPath, [CLI, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await expect
      .poll(() => printed, { timeout: STARTING_MS })
      .toMatch(/^jembatan listens on http:\/\/127\.0\.0\.1:\d+\n$/);
    const url = /http:\S+/.exec(printed)![0];
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    const second = await inProcess(['start'], env);
    expect([second.code, second.out]).toEqual([1, []]);
    expect(second.err).toEqual([expect.stringContaining('stop it first')]);

    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(printed).toMatch(/^jembatan listens on \S+\n$/);
  },
);

test(
  'the second signal ends it at once; the echo that npm sends right after the first does not',
  { timeout: LONGEST_MS },
  async () => {
    const signals = new EventEmitter();
    let now = 1000;
    let ended = 0;
    let stopping = false;
    void toldToStop(signals, { now: () => now }, () => void (ended += 1)).then(() => (stopping = true));
    signals.emit('SIGINT');
    await expect.poll(() => stopping).toBe(true);
    now += 20;
    signals.emit('SIGINT');
    expect(ended).toBe(0);
    now += 2000;
    signals.emit('SIGTERM');
    expect(ended).toBe(1);
  },
);

test('a reader that has enough ends the command without a word', { timeout: LONGEST_MS }, () => {
  const script = `"${process.execPath}" "${CLI}" adapter list --json | head -n 1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], {
    env: {},
    encoding: 'utf8',
    timeout: STARTING_MS,
  });
  expect([stdout, stderr]).toEqual(['{\n', '']);
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    onTestFinished(() => void server.close());
  });
}
