/** Child processes of the bench: started, waited for until they listen, measured, stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

export interface Child {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** Whoever has not ended so long after SIGTERM is killed. */
const GRACE_MS = 30_000;
const alive = new Set<ChildProcess>();
const folders = new Set<string>();
// A bench that is told to stop takes its processes and folders with it.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Has a folder removed with the bench, if nobody has removed it before. */
export function ownFolder(folder: string): void {
  folders.add(folder);
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
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ${args.join(' ')} ended with ${code}`)));
    child.stdout.on('data', (text: Buffer) => {
      const found = listens.exec(text.toString());
      if (found) resolve({ pid: child.pid!, port: Number(found[1] ?? 0), stop: () => stop(child) });
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
}

/** Runs a command to its end and returns what it printed. */
export function run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  alive.add(child);
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      alive.delete(child);
      if (code === 0) resolve(printed);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}

export function isOnPath(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

/** Clock ticks of /proc: 100 a second on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds of a process, of its children, and of those that have ended. */
export function cpuSeconds(pid: number): number {
  const [own, ended] = times(pid);
  const living = childrenOf(pid).reduce((sum, child) => sum + times(child)[0], 0);
  return (own + ended + living) / TICKS;
}

/** Highest resident memory so far of a process, MB; with children, what they share now counted once. */
export function peakMb(pid: number): number {
  const children = childrenOf(pid);
  if (children.length === 0) return toMb(read(pid, 'status'), /VmHWM:\s+(\d+)/);
  return [pid, ...children].reduce((sum, one) => sum + toMb(read(one, 'smaps_rollup'), /Pss:\s+(\d+)/), 0);
}

function toMb(text: string, kB: RegExp): number {
  return Math.round(Number(kB.exec(text)?.[1] ?? 0) / 1024);
}

/** A process may end between being listed and being read. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Ticks of a process, and of its children that have ended: fields 14 to 17, counted after the name's bracket. */
function times(pid: number): [own: number, ended: number] {
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = afterName(pid).slice(11, 15).map(Number);
  return [user + system, childUser + childSystem];
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((one) => afterName(one)[1] === String(pid));
}

function afterName(pid: number): string[] {
  const stat = read(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
