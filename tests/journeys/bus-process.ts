/** The bus as a process of its own: started, killed and stopped as an operator's machine would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A machine that does much else at the time. */
const STARTING_MS = 60_000;

export interface BusProcess {
  url: string;
  pid: number;
  /** Everything it wrote so far, both streams. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Its standard output, for who wants to stop reading it. */
  stdout: Readable;
  /** Exit code and signal, once it has ended. */
  ended: Promise<{ code: number | null; signal: string | null }>;
}

export interface Spawned extends Omit<BusProcess, 'url'> {
  errors(): string;
}

export type Settings = Record<string, string>;

/** Runs an entry file with these JEMBATAN_* settings and nothing else from this process's environment. `root`: of another release. */
export function spawnBus(settings: Settings, entry: string[], root = ROOT): Spawned {
  const env = { PATH: process.env['PATH'] ?? '', ...settings };
  const child = spawn(process.execPath, entry, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
    stdout: child.stdout,
    ended,
  };
}

/** Starts the bus and waits until it says where it listens. */
export async function startBus(settings: Settings, entry: string[], root = ROOT): Promise<BusProcess> {
  const spawned = spawnBus(settings, entry, root);
  let ended = false;
  void spawned.ended.then(() => (ended = true));
  for (const until = Date.now() + STARTING_MS; !ended && Date.now() < until; await setTimeout(10)) {
    const url = /jembatan listens on (http:\/\/\S+)/.exec(spawned.output())?.[1];
    if (url !== undefined) return { ...spawned, url };
  }
  spawned.signal('SIGKILL');
  throw new Error(`The bus did not start:\n${spawned.output()}`);
}
