/** What the tests of commands share: a shell that keeps its lines, folders that go away, a clock that does not wait. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { run } from '../../src/commands/program.ts';
import { SHIPPED } from '../config/broken.ts';

export interface Ran {
  code: number;
  out: string[];
  err: string[];
}

/** Runs one command line in this process. */
export async function jembatan(
  words: string[],
  env: Record<string, string> = {},
  clock: Clock = systemClock,
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(words, {
    env,
    clock,
    out: (line) => void out.push(...line.split('\n')),
    err: (line) => void err.push(...line.split('\n')),
  });
  return { code, out, err };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jembatan-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The longest that one request of the client may take: only this timer is not to fire early. */
export const REQUEST_LIMIT_MS = 60_000;

/** Waits are over at once and written down; the limit of a request stays a real timer. */
export function hastyClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  return {
    ...systemClock,
    waits,
    after(ms, fn) {
      if (ms === REQUEST_LIMIT_MS) return systemClock.after(ms, fn);
      waits.push(ms);
      return systemClock.after(0, fn);
    },
  };
}

/** The shipped mall with every secret in place, as far as a start looks. */
export function startable(more: Record<string, string>): Record<string, string> {
  const data = temporaryFolder();
  mkdirSync(join(data, 'secrets'));
  for (const [, name] of readFileSync(join(SHIPPED, 'agencies.yaml'), 'utf8').matchAll(
    /^ +\w+: secret:\/\/file\/(\S+)/gm,
  )) {
    writeFileSync(join(data, 'secrets', name!), 'hush', { mode: 0o600 });
  }
  return { JEMBATAN_DATA: data, JEMBATAN_CONFIG: SHIPPED, JEMBATAN_LOG: 'error', ...more };
}
