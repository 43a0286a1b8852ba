/** The page `docs/write-a-connector.md` keeps its word: its commands, in their order, as real processes. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const MOST_COMMANDS = 20;
/** Each step's number goes before what it prints. */
const MARK = '@@';

interface Command {
  text: string;
  /** What it printed, of both streams. */
  said: string;
}

const page = readFileSync(join(ROOT, 'docs/write-a-connector.md'), 'utf8');
const commands = commandsOf(page);
let scratch: string;
let ran: Command[];
let status: number | null;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'jembatan-connector-'));
  // What a checkout has and the commands read.
  cpSync(join(ROOT, 'config'), join(scratch, 'config'), { recursive: true });
  ({ ran, status } = await runAll(scratch, commands, String(await freePort())));
}, 180_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test(`has at most ${MOST_COMMANDS} commands, and they lead from new to use`, () => {
  expect(commands.length).toBeLessThanOrEqual(MOST_COMMANDS);
  const subcommands = commands.flatMap((text) => /^npx jembatan (?:adapter )?([a-z]+)/.exec(text)?.[1] ?? []);
  expect(subcommands).toEqual([
    'new',
    'test',
    'dev',
    'try',
    'key',
    'pack',
    'trust',
    'add',
    'list',
    'check',
    'dev',
    'try',
  ]);
});

test('every command ends well', () => {
  expect(
    ran.map(({ text }) => text),
    ran.at(-1)?.said,
  ).toEqual(commands);
  expect(status).toBe(0);
});

describe('and does what the page says', () => {
  const said = (beginning: string): string => ran.findLast(({ text }) => text.startsWith(beginning))!.said;

  test('a new connector has the top grade', () => {
    expect(said('npx jembatan adapter test')).toContain('grade A: passed');
  });
  test('its stand-in answers the bus’s own caller', () => {
    expect(said('npx jembatan adapter dev library --once')).toContain('all went as the examples show');
    expect(said('npx jembatan adapter try register --path')).toContain('"registrationNumber":"REG-000001"');
  });
  test('the other bus carries what its publisher signed', () => {
    expect(said('npx jembatan adapter list')).toMatch(/library@1\S* +dinas-perpustakaan +A/);
  });
  test('and uses it', () => {
    expect(said('npx jembatan adapter try register --agency')).toMatch(
      /"is":"ok".*"registrationNumber":"REG-/,
    );
  });
  test('no secret is shown', () => {
    expect(ran.map(({ said }) => said).join('')).not.toContain('contoh-kunci');
  });
});

/** The lines of its `sh` blocks; a here-document belongs to its command. */
function commandsOf(markdown: string): string[] {
  const lines = [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.trimEnd().split('\n'),
  );
  const found: string[] = [];
  let until: string | null = null;
  for (const line of lines) {
    if (until === null) found.push(line);
    else found[found.length - 1] += `\n${line}`;
    if (until === null) until = /<<'?(\w+)'?/.exec(line)?.[1] ?? null;
    else if (line === until) until = null;
  }
  return found;
}

/** In one shell, as a reader would; stops at the first that fails. */
async function runAll(
  folder: string,
  all: string[],
  port: string,
): Promise<{ ran: Command[]; status: number | null }> {
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${ROOT}/src/cli.ts' "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  const script = all.map((text, at) => `printf '\\n%s\\n' '${MARK}${at}'\n${text}`).join('\n');
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', script.replaceAll('9912', port)], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env['PATH']}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  shell.stdout.on('data', (data: Buffer) => (said += data.toString()));
  shell.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = await new Promise<number | null>((done) => void shell.on('close', done));
  const parts = said.split(new RegExp(`^${MARK}\\d+\\n`, 'm')).slice(1);
  return { ran: parts.map((part, at) => ({ text: all[at]!, said: part })), status: ended };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
