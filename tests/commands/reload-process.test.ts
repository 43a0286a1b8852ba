/** A real process reads its configuration anew, by signal and by command, while applications come in. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { SHIPPED } from '../config/broken.ts';
import { jembatan, startable, temporaryFolder } from './stand.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const EXAMPLE = new URL('../../examples/05-kk-nik-tidak-ditemukan.json', import.meta.url);
/** A machine that does much else at the time. */
const STARTING_MS = 60_000;
const SENT = 40;

interface Running {
  child: ChildProcess;
  url: string;
  printed: () => string;
}

async function started(env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [CLI, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect
    .poll(() => printed, { timeout: STARTING_MS })
    .toMatch(/listens on http:\/\/127\.0\.0\.1:\d+\n/);
  return { child, url: /listens on (http:\S+)/.exec(printed)![1]!, printed: () => printed };
}

async function stopped({ child }: Running): Promise<void> {
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}

async function keyOf(env: Record<string, string>, ...scope: string[]): Promise<string> {
  const made = await jembatan(['key', 'create', '--platform', 'mpp-kuburaya', '--scope', ...scope], env);
  return made.out[0]!;
}

test(
  'reload under load: every application is taken once, a broken file changes nothing',
  { timeout: 90_000 },
  async () => {
    const folder = join(temporaryFolder(), 'config');
    cpSync(SHIPPED, folder, { recursive: true });
    const env = startable({ JEMBATAN_PORT: '0', JEMBATAN_CONFIG: folder, JEMBATAN_LOG: 'info' });
    const running = await started(env);
    const { child, url, printed } = running;
    const scopes = ['applications:submit', 'applications:read', 'operate', 'admin'];
    const over = { JEMBATAN_URL: url, JEMBATAN_KEY: await keyOf(env, ...scopes) };
    const headers = { authorization: `Bearer ${over.JEMBATAN_KEY}`, 'content-type': 'application/json' };

    const example = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
    const path = join(folder, 'services', 'dukcapil.kk-perubahan.yaml');
    const good = readFileSync(path, 'utf8');
    const version = (n: number): string => good.replace(/^version: .*$/m, `version: 7.0.${n}`);
    const reload = (): ReturnType<typeof jembatan> => jembatan(['reload', '--reason', 'a new version'], over);
    const served = async (): Promise<unknown> => {
      const answer = await fetch(`${url}/v1/services/DUKCAPIL.KK-PERUBAHAN`, { headers });
      return ((await answer.json()) as { version: unknown }).version;
    };
    const numbers = new Set<string>();
    // As every client does: the same question again while the bus says "not now".
    const send = async (n: number): Promise<void> => {
      const body = JSON.stringify({ ...example, clientReference: `RELOAD-${n}` });
      const init = { method: 'POST', headers: { ...headers, 'idempotency-key': `reload-${n}` }, body };
      const post = (): Promise<Response> => fetch(`${url}/v1/applications`, init);
      let answer = await post();
      while (answer.status === 503 || answer.status === 429) answer = await post();
      expect(answer.status).toBe(202);
      numbers.add(((await answer.json()) as { number: string }).number);
    };

    const sending = (async () => {
      for (let n = 0; n < SENT; n += 1) await Promise.all([send(n), send(SENT + n)]);
    })();
    for (let n = 1; n <= 4; n += 1) {
      writeFileSync(path, version(n));
      if (n % 2 === 0) {
        child.kill('SIGHUP');
        await expect.poll(served, { timeout: 15_000 }).toBe(`7.0.${n}`);
      } else {
        const { code, out } = await reload();
        expect([code, out]).toEqual([0, ['reloaded', '  services changed: DUKCAPIL.KK-PERUBAHAN']]);
        await expect.poll(served, { timeout: 15_000 }).toBe(`7.0.${n}`);
      }
    }
    writeFileSync(path, 'code: [');
    const { code, err } = await reload();
    expect([code, err.join('\n')]).toEqual([
      1,
      expect.stringContaining('services/dukcapil.kk-perubahan.yaml:1'),
    ]);
    child.kill('SIGHUP');
    await expect.poll(() => printed().split('config.refused').length, { timeout: 15_000 }).toBe(3);
    await expect.poll(served, { timeout: 15_000 }).toBe('7.0.4');
    await sending;
    expect(numbers.size).toBe(2 * SENT);
    const listed = await jembatan(['list', '--limit', '1000', '--json'], over);
    expect(JSON.parse(listed.out.join('\n')).applications).toHaveLength(2 * SENT);
    await stopped(running);
    const audit = await jembatan(['audit', 'verify'], env);
    expect(audit.code).toBe(0);
  },
);

test(
  'a route staged by one, activated by another: in force at once and after a restart, rolled back by either',
  { timeout: 90_000 },
  async () => {
    const env = startable({ JEMBATAN_PORT: '0' });
    const route = readFileSync(join(SHIPPED, 'routes', 'polres.skck.yaml'), 'utf8');
    const file = join(temporaryFolder(), 'skck.yaml');
    const first = await started(env);
    const [maker, checker] = [await keyOf(env, 'admin'), await keyOf(env, 'admin')];
    const as = (key: string, { url }: Running) => ({ JEMBATAN_URL: url, JEMBATAN_KEY: key });
    const why = ['--reason', 'decree 12 of 2026'];

    const raised = route.replace(/^version: .*$/m, 'version: 9.1.0');
    writeFileSync(file, raised.replace('call: ', 'call: nobody.'));
    const refused = await jembatan(['route', 'stage', file, ...why], as(maker, first));
    expect([refused.code, refused.err.join('\n')]).toEqual([1, expect.stringContaining('(staged).yaml:')]);
    writeFileSync(file, raised);
    const staged = await jembatan(['route', 'stage', file, ...why], as(maker, first));
    expect(staged).toEqual({
      ...{ code: 0, err: [] },
      out: ['POLRES.SKCK@9.1.0 is staged: another person activates it'],
    });
    const own = await jembatan(['route', 'activate', 'POLRES.SKCK@9.1.0', ...why], as(maker, first));
    expect([own.code, own.err.join()]).toEqual([1, expect.stringContaining('four_eyes')]);
    const shown = await jembatan(['route', 'show', 'POLRES.SKCK@9.1.0'], as(checker, first));
    expect(JSON.parse(shown.out.join('\n')).version).toBe('9.1.0');
    const activated = await jembatan(['route', 'activate', 'POLRES.SKCK@9.1.0', ...why], as(checker, first));
    expect(activated.out).toEqual(['POLRES.SKCK@9.1.0 is in force for new applications of all sites']);
    const listed = async (running: Running): Promise<string[]> => {
      const { out } = await jembatan(['route', 'list'], as(checker, running));
      return out
        .filter((line) => line.startsWith('POLRES.SKCK@'))
        .map((line) => line.split(/ {2,}/).slice(1, 3).join());
    };
    expect(await listed(first)).toEqual(['file,-', 'staged,all sites']);
    await stopped(first);

    const second = await started(env);
    expect(await listed(second)).toEqual(['file,-', 'staged,all sites']);
    const back = await jembatan(['route', 'rollback', 'POLRES.SKCK', ...why], as(maker, second));
    expect(back.out).toEqual([
      "POLRES.SKCK: the file's version is in force for new applications of all sites",
    ]);
    expect(await listed(second)).toEqual(['file,all sites', 'staged,-']);
    await stopped(second);
  },
);
