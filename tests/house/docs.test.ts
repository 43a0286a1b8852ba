/** The documents hold: links lead somewhere, commands and settings exist, examples run, the image has all it needs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { makeProgram } from '../../src/commands/program.ts';
import { readEnv } from '../../src/config/env.ts';
import { ConfigError } from '../../src/config/finding.ts';
import { makeCallbackPoster } from '../../src/outbound/callback-post.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const silent = (): void => undefined;
const program = makeProgram({ env: {}, clock: systemClock, out: silent, err: silent });
const PAGES = ['README.md', 'CHANGELOG.md', ...globSync(['docs/*.md', 'adapters/*/guide.md'], { cwd: ROOT })];

describe.each(PAGES)('%s', (page) => {
  test('every relative link leads to a file, and to a heading of it', () => {
    const broken = linksOf(read(page)).filter((link) => !leads(page, link));
    expect(broken).toEqual([]);
  });

  test('every command it names exists', () => {
    const named = [
      ...read(page).matchAll(/\b(?:npx jembatan|node src\/cli\.ts) ([a-z][a-z-]*)(?: ([a-z][a-z|-]*))?/g),
    ];
    const unknown = named.filter(([, command, sub]) => !isCommand(command!, sub));
    expect(unknown.map(([text]) => text)).toEqual([]);
  });
});

const WITH_SETTINGS = [...PAGES, 'Dockerfile', 'compose.yaml'];

test.each(WITH_SETTINGS)('%s names only settings that the bus knows', (page) => {
  const named = new Set(read(page).match(/\bJEMBATAN_[A-Z]+(?![A-Z_])/g));
  const known = knownSettings();
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
});

test('docs/operate.md explains every setting', () => {
  const table = read('docs/operate.md');
  const known = knownSettings();
  expect(known.length).toBeGreaterThan(5);
  expect(known.filter((name) => !table.includes(`| \`${name}\``))).toEqual([]);
});

test('the README fits a screen', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(55);
});

describe('the image', () => {
  const sources = globSync(['src/**/*.ts', 'adapters/**/*.ts'], { cwd: ROOT });

  test('needs production dependencies only', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const foreign = sources.flatMap((file) =>
      importsOf(file)
        .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
        .map((from) => /^(@[^/]+\/)?[^/]+/.exec(from)![0])
        .filter((name) => !Object.hasOwn(dependencies, name))
        .map((name) => `${file}: ${name}`),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(foreign).toEqual([]);
  });

  test('holds every folder that the bus reads', () => {
    const through: string[] = read('.dockerignore').match(/(?<=^!).+$/gm) ?? [];
    const reached = sources.flatMap((file) =>
      importsOf(file)
        .filter((from) => from.startsWith('.'))
        .map(
          (from) =>
            resolve(ROOT, dirname(file), from)
              .slice(ROOT.length + 1)
              .split('/')[0]!,
        ),
    );
    const needed = new Set([...reached, 'package.json', 'package-lock.json', 'config', 'examples']);
    expect([...needed].filter((name) => !through.includes(name))).toEqual([]);
  });
});

describe('the receiver of docs/callbacks.md', () => {
  let child: ChildProcess | undefined;
  afterEach(() => void child?.kill());

  test('takes what the bus sends, and nothing else', { timeout: 20_000 }, async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const port = await freePort();
    const code = /```ts\n([\s\S]+?)```/.exec(read('docs/callbacks.md'))![1]!;
    const keep = 'const takeOnce = async (id: string, _event: unknown): Promise<void> => console.log(id);\n';
    child = spawn(process.execPath, ['--input-type=module-typescript', '-e', keep + code], {
      cwd: ROOT,
      env: { CALLBACK_SECRET: secret, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const taken: string[] = [];
    child.stdout!.on('data', (data: Buffer) => taken.push(data.toString().trim()));
    const poster = makeCallbackPoster({ clock: systemClock, allowLoopback: true });
    const post = (id: string, signedBy: string): ReturnType<typeof poster.post> =>
      poster.post({
        url: `http://127.0.0.1:${port}/`,
        id,
        secrets: [signedBy],
        body: '{"a":1}',
        timestamp: Date.now(),
        loopback: true,
      });
    await expect.poll(() => post('first.1', secret), { timeout: 10_000 }).toEqual({ status: 204 });
    await expect.poll(() => taken).toEqual(['first.1']);
    expect(await post('forged.1', `whsec_${Buffer.alloc(32, 8).toString('base64')}`)).toEqual({
      status: 400,
    });
    expect(taken).toEqual(['first.1']);
    await poster.close();
  });
});

/** Targets of links, code left out: what stands between backticks is no link. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

function leads(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || headingsOf(readFileSync(file, 'utf8')).includes(anchor);
}

/** Headings as GitHub turns them into anchors. */
function headingsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What `jembatan --help` lists, and of a command that has commands of its own, theirs. */
function isCommand(name: string, sub: string | undefined): boolean {
  const command = program.commands.find((one) => one.name() === name);
  if (!command) return false;
  const below = command.commands.map((one) => one.name());
  if (sub === undefined || below.length === 0) return true;
  return sub.split('|').every((one) => below.includes(one));
}

/** All names that `readEnv` knows, from its own words about one that it does not. */
function knownSettings(): string[] {
  try {
    readEnv({ JEMBATAN_XXXXXXXXXXXXXXXXXXXX: '' });
  } catch (error) {
    if (error instanceof ConfigError) return error.findings[0]!.fix.match(/JEMBATAN_[A-Z]+/g) ?? [];
    throw error;
  }
  throw new Error('readEnv took an unknown name');
}

function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^(?:import|export) [\s\S]*?from '([^']+)'/gm)].map(([, from]) => from!);
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
