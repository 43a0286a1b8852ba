/** Child processes of the bench: started, waited for until they listen, measured, stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Child {
  port: number;
  /** Highest resident memory so far, MB. */
  peakMb(): number;
  stop(): Promise<void>;
}

/** Starts a command and waits until a line of its output names its port (or matches without one). */
export function launch(
  command: string,
  args: string[],
  listens: RegExp,
  env: Record<string, string> = {},
): Promise<Child> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ${args.join(' ')} ended with ${code}`)));
    child.stdout.on('data', (text: Buffer) => {
      const found = listens.exec(text.toString());
      if (found)
        resolve({ port: Number(found[1] ?? 0), peakMb: () => peakMb(child), stop: () => stop(child) });
    });
  });
}

/** Runs a command to its end and returns what it printed. */
export function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}

export function isOnPath(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

function peakMb(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
