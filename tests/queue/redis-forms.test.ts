/** The other forms of Redis, really: by sentinels through a failover, as a cluster, and over TLS. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { checkRedis, openRedis } from '../../src/queue/redis.ts';
import { hasServers, startRedis, type Server } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';
import { collect, FREE, openQueue, ringOf, until, type TestQueue } from './redis-support.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});
const start = async (...args: string[]): Promise<Server> => {
  const server = await startRedis(args);
  ending.push(() => server.remove());
  return server;
};
const open = (url: string): TestQueue => {
  const queue = openQueue(url, 'forms');
  ending.push(() => queue.end());
  return queue;
};
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'jembatan-forms-'));
  ending.push(() => rm(path, { recursive: true, force: true }));
  return path;
};
const ask = async (port: number, ...words: [string, ...string[]]): Promise<string> => {
  const client = new Redis({ port, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return String(await client.call(...words));
  } finally {
    client.disconnect();
  }
};
async function check(url: string): Promise<string[]> {
  const told: string[] = [];
  const tell = (event: string): void => void told.push(event);
  await checkRedis(openRedis(url, systemClock), systemClock, { info: tell, warn: tell, error: tell });
  return told;
}

async function startSentinel(master: Server): Promise<number> {
  const path = await folder();
  const port = await freePort();
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${path}`, `sentinel monitor main 127.0.0.1 ${master.port} 1`],
    ...['sentinel down-after-milliseconds main 1000', 'sentinel failover-timeout main 3000'],
  ];
  await writeFile(join(path, 'sentinel.conf'), lines.join('\n'));
  const child: ChildProcess = spawn('redis-server', [join(path, 'sentinel.conf'), '--sentinel'], {
    stdio: 'ignore',
  });
  ending.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return port;
}

describe.skipIf(!hasServers)('Redis', { timeout: 60_000 }, () => {
  test('by its sentinels, and through a failover', async () => {
    const master = await start();
    const replica = await start('--replicaof', '127.0.0.1', String(master.port));
    const sentinel = await startSentinel(master);
    await until(
      async () =>
        (await ask(sentinel, 'SENTINEL', 'REPLICAS', 'main').catch(() => '')).includes(String(replica.port)),
      20_000,
    );
    const url = `redis+sentinel://127.0.0.1:${sentinel}/main`;
    expect(await check(url)).toEqual([]);
    await expect(check(url.replace('/main', '/other'))).rejects.toThrow(/sentinels.*name of the master/);
    const on = open(url);
    const taken = collect(on);
    on.queue.ring(ringOf('before'));
    await until(() => taken.includes('before'));
    await master.signal('SIGKILL');
    await until(() => {
      on.queue.ring(ringOf('after'));
      return taken.includes('after');
    }, 30_000);
    expect(on.events()).toEqual(['queue.away', 'queue.back']);
  });

  test('as a cluster', async () => {
    const nodes = await Promise.all(
      [0, 1].map(() => start('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1')),
    );
    const [node, other] = nodes as [Server, Server];
    await ask(node.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await ask(other.port, 'CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await ask(node.port, 'CLUSTER', 'MEET', '127.0.0.1', String(other.port));
    for (const { port } of nodes)
      await until(async () => (await ask(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok'), 20_000);
    const url = `redis+cluster://127.0.0.1:${node.port}`;
    expect(await check(url)).toEqual([]);
    const on = open(url);
    const taken = collect(on, 'bank', { ...FREE, concurrency: 2 });
    on.queue.ring(ringOf('later', { at: Date.now() + 300 }));
    for (let n = 0; n < 20; n += 1) on.queue.ring(ringOf(`b${n}`));
    await until(() => taken.length === 21);
    expect(await on.queue.counts('bank')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    await Promise.all(nodes.map((one) => one.signal('SIGKILL')));
    await until(() => on.events().includes('queue.away'));
    await Promise.all(nodes.map((one) => one.start()));
    await until(() => {
      on.queue.ring(ringOf('after'));
      return taken.includes('after');
    }, 30_000);
    expect(on.events()).toEqual(['queue.away', 'queue.back']);
  });

  test('over TLS, when its authority is trusted', async () => {
    const path = await folder();
    const [key, certificate] = [join(path, 'key.pem'), join(path, 'certificate.pem')];
    const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject],
      { stdio: 'pipe' },
    );
    const port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key];
    const server = await start(...tls, '--tls-auth-clients', 'no');
    const url = `rediss://127.0.0.1:${port}`;
    const say = async (trusted?: string): Promise<string> => {
      const env = { ...process.env, ...(trusted && { NODE_EXTRA_CA_CERTS: trusted }) };
      const script = join(import.meta.dirname, 'tls-process.ts');
      return (await promisify(execFile)(process.execPath, [script, url], { env })).stdout;
    };
    expect(await say(certificate)).toBe('over TLS');
    expect(await say()).toMatch(/certificate that is not trusted.*NODE_EXTRA_CA_CERTS/);
    await expect(check(url.replace('rediss', 'redis'))).rejects.toThrow(/whether it wants TLS/);
    await expect(check(`rediss://127.0.0.1:${server.port}`)).rejects.toThrow(/whether it speaks TLS/);
  });
});
