/** One bus process that may die and come back on the same port, and commands beside it. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, startBus, type BusProcess, type Settings } from '../journeys/bus-process.ts';

export const ENTRY = 'tests/faults/bus-entry.ts';
const run = promisify(execFile);
const MOST_STARTS = 4;

/** Stripped and compiled once for all starts: a row starts the bus dozens of times. */
const CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'jembatan-faults-cache') };

/** One bus process: it may die and come back, on the same port. */
export interface Bus {
  name: string;
  role: 'all' | 'api' | 'worker';
  port: number;
  settings: Settings;
  /** The source tree it is started from. */
  root: string;
  process: BusProcess | null;
  start(): Promise<void>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
  isUp(): boolean;
  /** What all its processes wrote so far. */
  output(): string;
}

/** A run that dies takes its processes with it. */
const running = new Set<BusProcess>();
process.once('exit', () => running.forEach((one) => one.signal('SIGKILL')));

export function busOf(name: string, role: Bus['role'], port: number, settings: Settings, root = ROOT): Bus {
  let up = false;
  const all: BusProcess[] = [];
  const bus: Bus = {
    name,
    role,
    port,
    settings,
    root,
    process: null,
    isUp: () => up,
    output: () => all.map((one) => one.output()).join('\n'),
    async start() {
      const started = await supervised(() => startBus({ ...CACHE, ...settings }, [ENTRY], bus.root));
      bus.process = started;
      all.push(started);
      up = true;
      running.add(started);
      void started.ended.then(() => {
        running.delete(started);
        if (bus.process === started) up = false;
      });
    },
    async end(signal) {
      up = false;
      bus.process?.signal(signal);
      return (await bus.process?.ended) ?? { code: null, signal: null };
    },
  };
  return bus;
}

/** A bus that says why it does not start is started again, as a supervisor would, a few times. */
async function supervised(start: () => Promise<BusProcess>): Promise<BusProcess> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await start();
    } catch (error) {
      if (tried === MOST_STARTS) throw error;
    }
  }
}

/** Runs a command of the command line to its end. */
export async function command(settings: Settings, args: string[]): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'] ?? '', ...CACHE, ...settings };
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await run(process.execPath, ['src/cli.ts', ...args], options);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code: typeof code === 'number' ? code : -1, output: `${stdout}${stderr}` };
  }
}
