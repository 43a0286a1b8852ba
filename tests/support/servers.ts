/** Real PostgreSQL and Redis servers on free loopback ports, from the system's packages: started by a test, stopped and removed after it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Server {
  /** What JEMBATAN_LEDGER or JEMBATAN_QUEUE is set to. */
  url: string;
  port: number;
  folder: string;
  /** Starts it again on the same folder and port; resolves once it answers. */
  start(): Promise<void>;
  /** Sends the main process a signal and waits for its end, unless it is one that only stops it for a while. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** Where a server's program is, or undefined where the package is not installed. */
function programOf(name: string): string | undefined {
  const debian = '/usr/lib/postgresql';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (existsSync(debian)) folders.push(...readdirSync(debian).map((version) => `${debian}/${version}/bin`));
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Where the packages are missing a developer may go without; CI may not. */
export const hasServers =
  process.env['CI'] !== undefined || (programOf('postgres') ?? programOf('redis-server')) !== undefined;

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function userOf(name: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Settings by name, as in postgresql.conf; durable by default, as in production. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-pg-'));
  const user = userOf('postgres');
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid!);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-k', '-N'];
  execFileSync(needed('initdb', 'postgresql'), initdb, { ...user, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = (): ChildProcess =>
    spawn(needed('postgres', 'postgresql'), ['-D', data, '-p', String(port), ...args], {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return served({ url, port, folder }, launch, /ready to accept connections/, 'SIGINT');
}

/** Nodes of a cluster speak to each other so far above their port. */
const CLUSTER_BUS = 10_000;

/** Arguments as on redis-server's command line; append-only file, no eviction. */
export async function startRedis(args: string[] = []): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-redis-'));
  const port = await freePort(args.includes('--cluster-enabled') ? CLUSTER_BUS : 0);
  const all = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', ...args];
  const launch = (): ChildProcess =>
    spawn(needed('redis-server', 'redis-server'), [...all, ...durable], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return served({ url: `redis://127.0.0.1:${port}`, port, folder }, launch, /Ready to accept/, 'SIGTERM');
}

function needed(name: string, debianPackage: string): string {
  const program = programOf(name);
  if (!program) throw new Error(`${name} is not installed: apt-get install ${debianPackage}`);
  return program;
}

async function served(
  place: Pick<Server, 'url' | 'port' | 'folder'>,
  launch: () => ChildProcess,
  ready: RegExp,
  end: NodeJS.Signals,
): Promise<Server> {
  let child: ChildProcess | null = null;
  const gone = async (): Promise<void> => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  // A test run that dies takes its servers with it.
  const reap = (): void => void child?.kill('SIGKILL');
  process.once('exit', reap);
  const server: Server = {
    ...place,
    async start() {
      child = launch();
      await untilReady(child, ready);
    },
    async signal(name) {
      child?.kill(name);
      if (name !== 'SIGSTOP' && name !== 'SIGCONT') await gone();
    },
    async remove() {
      child?.kill('SIGCONT');
      child?.kill(end);
      await gone();
      process.off('exit', reap);
      await rm(place.folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function untilReady(child: ChildProcess, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      if (said === 'ready') return;
      said += chunk.toString();
      if (!ready.test(said)) return;
      said = 'ready';
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said.slice(-500)}`)));
    child.once('error', reject);
  });
}
