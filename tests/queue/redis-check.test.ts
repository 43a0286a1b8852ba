/** The look at Redis before the start: one clear line for each thing that is wrong, none for what is right. */
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { checkRedis, openRedis, QueueRefused } from '../../src/queue/redis.ts';
import { hasServers, startRedis, type Server } from '../support/servers.ts';
import { freePort } from '../../src/commands/demo/free-port.ts';

const started: Server[] = [];
const listening: NetServer[] = [];
afterEach(async () => {
  for (const server of listening.splice(0)) server.close();
  await Promise.all(started.splice(0).map((server) => server.remove()));
});
const start = async (...args: string[]): Promise<Server> => {
  const server = await startRedis(args);
  started.push(server);
  return server;
};
const listen = async (server: NetServer): Promise<number> => {
  listening.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** What the log is warned of. */
async function check(url: string): Promise<string[]> {
  const warned: string[] = [];
  const warn = (event: string): void => void warned.push(event);
  await checkRedis(openRedis(url, systemClock), systemClock, { info: warn, warn, error: warn });
  return warned;
}

async function refusal(url: string): Promise<string> {
  const error: unknown = await check(url).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(QueueRefused);
  const { message } = error as QueueRefused;
  expect(message).not.toContain('hunter2');
  expect(message).not.toContain('\n');
  return message;
}

/** A server of another age: knows INFO only. */
function stub(info: string): NetServer {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const [, word] of chunk.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        const known = word!.toLowerCase() === 'info';
        socket.write(known ? `$${info.length}\r\n${info}\r\n` : `-ERR unknown command '${word}'\r\n`);
      }
    });
  });
}

describe.skipIf(!hasServers)('a real Redis', () => {
  test('as it should be', async () => {
    const { url } = await start();
    expect(await check(url)).toEqual([]);
  });

  test('with its password', async () => {
    const { port } = await start('--requirepass', 'p@ss:hunter2');
    expect(await check(`redis://:p%40ss%3Ahunter2@127.0.0.1:${port}`)).toEqual([]);
    for (const user of ['', ':hunter2x@', 'bus:hunter2@'])
      expect(await refusal(`redis://${user}127.0.0.1:${port}`)).toMatch(/refused the user or password/);
  });

  test('that may evict', async () => {
    const { url } = await start('--maxmemory-policy', 'allkeys-lru');
    expect(await refusal(url)).toMatch(/maxmemory-policy allkeys-lru.*set maxmemory-policy noeviction/);
  });

  test('that may evict, and forbids CONFIG', async () => {
    const { url } = await start('--maxmemory-policy', 'volatile-ttl', '--rename-command', 'CONFIG', '');
    expect(await refusal(url)).toMatch(/volatile-ttl/);
  });

  test('that keeps nothing on disk is only warned of', async () => {
    const { url } = await start('--appendonly', 'no');
    expect(await check(url)).toEqual(['queue.volatile']);
  });

  test('that is a replica', async () => {
    const master = await start();
    const { url } = await start('--replicaof', '127.0.0.1', String(master.port));
    expect(await refusal(url)).toMatch(/is a replica/);
  });

  test('that is no cluster, and one that is', async () => {
    const { port } = await start();
    expect(await refusal(`redis+cluster://127.0.0.1:${port}`)).toMatch(/is not a cluster/);
    const node = await start('--cluster-enabled', 'yes');
    expect(await refusal(node.url)).toMatch(/part of a cluster/);
  });

  test('whose user may not do what a queue does', async () => {
    const { url, port } = await start();
    const admin = new Redis(url);
    await admin.call('ACL', 'SETUSER', 'bus', 'on', '>hunter2', '~*', '+ping');
    admin.disconnect();
    expect(await refusal(`redis://bus:hunter2@127.0.0.1:${port}`)).toMatch(/does not allow this user/);
  });
});

describe('no Redis', () => {
  test('nothing listens', async () => {
    expect(await refusal(`redis://127.0.0.1:${await freePort()}`)).toMatch(
      /cannot be reached \(ECONNREFUSED\)/,
    );
    expect(await refusal(`redis+sentinel://127.0.0.1:${await freePort()}/main`)).toMatch(/sentinels/);
    expect(await refusal(`redis+cluster://127.0.0.1:${await freePort()}`)).toMatch(/cannot be reached/);
  });

  test('the name leads nowhere', async () => {
    expect(await refusal('redis://nowhere.invalid')).toMatch(/cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  test('a web server', async () => {
    const port = await listen(createHttp((_, response) => void response.end('hello')));
    expect(await refusal(`redis://:hunter2@127.0.0.1:${port}`)).toMatch(/does not speak as a Redis does/);
  });

  test('a server that says nothing', async () => {
    const port = await listen(createServer(() => undefined));
    const began = Date.now();
    expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(/did not answer within 5 s/);
    expect(Date.now() - began).toBeLessThan(7000);
  });

  test('a server that hangs up', async () => {
    const port = await listen(createServer((socket) => void socket.destroy()));
    expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(/cannot be reached/);
  });

  test.each(['5.0.7', '6.0.16'])('a Redis %s', async (version) => {
    const port = await listen(
      stub(`# Server\r\nredis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`),
    );
    expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(
      `is Redis ${version}: jembatan needs 6.2 or newer`,
    );
  });

  test.each(['6.2.0', '7.4.1', '10.0.0'])('a Redis %s is new enough', async (version) => {
    const port = await listen(
      stub(`redis_version:${version}\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n`),
    );
    expect(await check(`redis://127.0.0.1:${port}`)).toEqual([]);
  });

  test('one that does not say whether it evicts is warned of', async () => {
    const port = await listen(stub('redis_version:7.2.4\r\naof_enabled:1\r\n'));
    expect(await check(`redis://127.0.0.1:${port}`)).toEqual(['queue.policyUnknown']);
  });

  test('something that speaks as a Redis does, but is none', async () => {
    const port = await listen(stub('hello:world\r\n'));
    expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(/is not a Redis/);
  });
});
