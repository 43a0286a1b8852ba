/** The bus as a process of its own: started, killed and stopped as an operator's machine would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STARTING_MS = 30_000;

export interface BusProcess {
  url: string;
  pid: number;
  /** Everything it wrote so far, both streams. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Exit code and signal, once it has ended. */
  ended: Promise<{ code: number | null; signal: string | null }>;
}

export interface Spawned extends Omit<BusProcess, 'url'> {
  errors(): string;
}

export type Settings = Record<string, string>;

/** Runs an entry file with these JEMBATAN_* settings and nothing else from this process's environment. */
export function spawnBus(settings: Settings, entry: string[]): Spawned {
  const env = { PATH: process.env['PATH'] ?? '', ...settings };
  const child = spawn(process.execPath, entry, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    errors += bytes.toString();
  });
  // `close` comes after the last byte of output, `exit` may come before.
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  return {
    pid: child.pid!,
    output: () => output,
    errors: () => errors,
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** Starts the bus and waits until it says where it listens. */
export async function startBus(settings: Settings, entry: string[]): Promise<BusProcess> {
  const spawned = spawnBus(settings, entry);
  const listening = vi.waitUntil(() => /jembatan listens on (http:\/\/\S+)/.exec(spawned.output())?.[1], {
    timeout: STARTING_MS,
    interval: 10,
  });
  const died = spawned.ended.then(() => undefined);
  const url = await Promise.race([listening.catch(() => undefined), died]);
  if (url !== undefined) return { ...spawned, url };
  spawned.signal('SIGKILL');
  throw new Error(`The bus did not start:\n${spawned.output()}`);
}
