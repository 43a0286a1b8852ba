/** One reload reaches every process: each takes it up from its own files, those who run the steps first, or keeps its old and says so. */
import { expect, test } from 'vitest';
import type { ProcessRow } from '../../src/domain/installation.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { checkOf } from '../http/described.ts';
import { handConfig, type HandConfig } from '../support/config-source.ts';
import { worlds } from '../support/invariants.ts';
import type { Worker, World } from '../support/world.ts';

const open = worlds();
const SERVICE = 'TEST.SERVICE';
const SWEEP_MS = 3_000;
const FIRST: Record<string, StepFields> = { file: { call: 'desk.file' } };
const SECOND: Record<string, StepFields> = { ...FIRST, pay: { call: 'bank.charge', after: 'file' } };
const catalogueOf = (version: string, steps = FIRST): HandConfig['catalogue'] =>
  smallCatalogue(steps, [agencyEntry('desk'), agencyEntry('bank')], { version });
const WRONG = {
  ...{ code: 'unknown_role', file: 'routes/x.yaml', line: 7, pointer: '/steps/a/call' },
  ...{ message: 'No agency plays this role', fix: 'Write "desk"' },
};

interface Machine extends Worker {
  config: HandConfig;
  version(): string;
}

/** A world without a process of its own, and machines that are started in it, each with its own files. */
class Malls {
  readonly world: World;
  constructor(world: World) {
    this.world = world;
  }
  async start(name: string, role: ProcessRow['role'], files = catalogueOf('1.0.0')): Promise<Machine> {
    const config = handConfig(files);
    const worker = this.world.startWorker({ config, process: { name, role } });
    await this.world.clock.settleTurns();
    const now = (): string => worker.bus.desk.catalogue().routes.get(SERVICE)!.version;
    return { ...worker, config, version: now };
  }
  async ask(
    { bus }: Machine,
    path: string,
    body?: JsonObject,
  ): Promise<{ status: number; body: JsonObject }> {
    const headers = {
      authorization: `Bearer ${await this.world.key('mall')}`,
      'content-type': 'application/json',
    };
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    const response = await this.world.clock.during(
      Promise.resolve(bus.app.request(`http://bus.test/v1/config${path}`, init)),
    );
    return { status: response.status, body: (await response.json()) as JsonObject };
  }
  reload = async (at: Machine): Promise<JsonObject> => {
    const { status, body } = await this.ask(at, '/reload', { reason: 'a decree' });
    if (status === 200) expect(checkOf('Reloaded')(body)).toEqual([]);
    return { status, ...body };
  };
  stand = async (at: Machine): Promise<unknown[][]> => {
    const { body } = await this.ask(at, '/processes');
    expect(checkOf('Processes')(body)).toEqual([]);
    return (body['processes'] as unknown as ProcessRow[]).map(({ name, heard, refused }) => [
      name,
      heard,
      ...refused.map(({ code, file, line }) => `${code} ${file}:${line}`),
    ]);
  };
  events = async (): Promise<string[]> =>
    (await this.world.ledger.events('bus', 0, 100)).map(({ type }) => type.split('.')[3]!);
}

async function opened(): Promise<{ malls: Malls; api: Machine; one: Machine; two: Machine; all: Machine[] }> {
  // The world's own process is idle: it only carries the catalogue that the stand-ins are opened by.
  const malls = new Malls(await open({ catalogue: catalogueOf('1.0.0'), idle: true }));
  const api = await malls.start('api:8080', 'api');
  const one = await malls.start('one:8080', 'worker');
  const two = await malls.start('two:8080', 'worker');
  return { malls, api, one, two, all: [api, one, two] };
}

const versions = (machines: Machine[]): string[] => machines.map((one) => one.version());

test('who runs the steps takes it up within a sweep, who takes applications in after them; one event for all', async () => {
  const { malls, api, all } = await opened();
  const { clock } = malls.world;
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  expect(await malls.reload(api)).toMatchObject({
    ...{ status: 200, is: 'asked', process: 'api:8080', reload: 1 },
    change: { routes: { changed: [SERVICE] } },
  });
  expect(versions(all)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  const seen = new Set<string>();
  for (let ms = 0; ms <= 2 * SWEEP_MS; ms += 100) {
    await clock.advance(100, 100);
    seen.add(versions(all).join());
  }
  expect([...seen].at(-1)).toBe('2.0.0,2.0.0,2.0.0');
  expect([...seen]).not.toContain('2.0.0,1.0.0,1.0.0');
  expect([...seen].filter((one) => one.startsWith('2'))).toHaveLength(1);
  expect(await malls.stand(api)).toEqual([
    ['api:8080', 1],
    ['one:8080', 1],
    ['two:8080', 1],
  ]);
  expect(await malls.events()).toEqual(['reloaded']);
  expect(all.map(({ config }) => config.masked)).toEqual([['hush-hush'], ['hush-hush'], ['hush-hush']]);
});

test('a worker that is asked takes it up at once; the others follow', async () => {
  const { malls, api, one, two, all } = await opened();
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  const { body } = await malls.ask(one, '/reload', { reason: 'a decree' });
  expect([body['is'], one.version(), two.version(), api.version()]).toEqual([
    ...['reloaded', '2.0.0', '1.0.0', '1.0.0'],
  ]);
  await malls.world.clock.advance(2 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
});

test('a machine whose files are others keeps its old and is named; once they are there, a second reload brings it along', async () => {
  const { malls, api, one, two, all } = await opened();
  const { clock, log } = malls.world;
  for (const { config } of [api, one]) config.catalogue = catalogueOf('2.0.0', SECOND);
  await malls.reload(api);
  await clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '2.0.0', '1.0.0']);
  expect(await malls.stand(api)).toEqual([
    ['api:8080', 1],
    ['one:8080', 1],
    ['two:8080', 1, 'other_files :0'],
  ]);
  const refused = log.filter((line) => line.includes('config.refused'));
  expect([refused.length, refused.join()]).toEqual([1, expect.stringContaining('other_files')]);
  const gauges = async (): Promise<string[]> => {
    await clock.advance(5_000, 100);
    const text = await (
      await clock.during(Promise.resolve(api.bus.app.request('http://bus.test/metrics')))
    ).text();
    return text.split('\n').filter((line) => line.startsWith('jembatan_config_'));
  };
  expect(await gauges()).toEqual(['jembatan_config_versions 2', 'jembatan_config_refused 1']);
  two.config.catalogue = catalogueOf('2.0.0', SECOND);
  await clock.advance(SWEEP_MS, 100);
  expect(two.version()).toBe('1.0.0');
  expect(await malls.reload(api)).toMatchObject({ is: 'unchanged', reload: 2, change: {} });
  await clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
  expect(await gauges()).toEqual(['jembatan_config_versions 1', 'jembatan_config_refused 0']);
  expect(await malls.reload(api)).toMatchObject({ is: 'unchanged', reload: null });
  expect(await malls.events()).toEqual(['reloaded', 'reloaded']);
});

test('what is wrong where it is asked for is asked of nobody; what is wrong elsewhere stays out there', async () => {
  const { malls, api, one, all } = await opened();
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  api.config.findings = [WRONG];
  expect(await malls.reload(api)).toMatchObject({ status: 422, code: 'config_invalid' });
  await malls.world.clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  expect(await malls.world.ledger.askedReload()).toBeUndefined();
  expect(await malls.events()).toEqual([]);
  [api.config.findings, one.config.findings] = [[], [WRONG]];
  await malls.reload(api);
  await malls.world.clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '1.0.0', '2.0.0']);
  expect((await malls.stand(api))[1]).toEqual(['one:8080', 1, 'unknown_role routes/x.yaml:7']);
});

test('files that cannot even be read are named, and not read again at every sweep', async () => {
  const { malls, api, one, all } = await opened();
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  let reads = 0;
  one.config.read = async () => {
    reads += 1;
    throw new Error('EIO');
  };
  await malls.reload(api);
  await malls.world.clock.advance(5 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '1.0.0', '2.0.0']);
  expect((await malls.stand(api))[1]).toEqual(['one:8080', 1, 'files_unreadable :0']);
  expect(reads).toBe(1);
});

test('what is read at a signal is newer than what still waits for the workers', async () => {
  const { malls, api, one, two, all } = await opened();
  const { clock } = malls.world;
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  for (const worker of [one, two]) worker.clock.stop();
  expect(await malls.reload(api)).toMatchObject({ is: 'asked' });
  api.config.catalogue = catalogueOf('3.0.0', SECOND);
  await clock.during(api.bus.configuration!.reloadHere({ by: 'signal', reason: 'SIGHUP' }));
  await clock.advance(20_000, 100);
  expect(api.version()).toBe('3.0.0');
  expect((await malls.stand(api))[0]).toEqual(['api:8080', 1, 'other_files :0']);
});

test('a worker that stands still is waited for, but not for long; when it goes on it follows', async () => {
  const { malls, api, one, two, all } = await opened();
  const { clock } = malls.world;
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  two.clock.stop();
  await malls.reload(api);
  await clock.advance(14_000, 100);
  expect([one.version(), api.version()]).toEqual(['2.0.0', '1.0.0']);
  await clock.advance(SWEEP_MS + 2_000, 100);
  expect(api.version()).toBe('2.0.0');
  expect((await malls.stand(api))[2]).toEqual(['two:8080', 0]);
  two.clock.goOn();
  await clock.advance(SWEEP_MS, 100);
  expect(two.version()).toBe('2.0.0');
});

test('who stops is not waited for, and who says nothing for a minute is not listed', async () => {
  const { malls, api, one, two } = await opened();
  await malls.world.clock.during(two.stop());
  expect((await malls.stand(api)).map(([name]) => name)).toEqual(['api:8080', 'one:8080']);
  one.clock.stop();
  await malls.world.clock.advance(70_000, 500);
  expect((await malls.stand(api)).map(([name]) => name)).toEqual(['api:8080']);
  api.config.catalogue = catalogueOf('2.0.0', SECOND);
  expect(await malls.reload(api)).toMatchObject({ is: 'reloaded' });
  expect(api.version()).toBe('2.0.0');
});

test('a start goes by the files it has read: what was asked for long before is not asked again, what was asked meanwhile is', async () => {
  const { malls, api, all } = await opened();
  const { clock } = malls.world;
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  await malls.reload(api);
  await clock.advance(3 * SWEEP_MS, 100);
  // Every machine of this world begins with 1.0.0 in force: these files came while it started.
  const meanwhile = await malls.start('meanwhile:8080', 'worker', catalogueOf('2.0.0', SECOND));
  expect(meanwhile.version()).toBe('2.0.0');
  await clock.advance(120_000, 1000);
  const later = await malls.start('later:8080', 'worker', catalogueOf('3.0.0'));
  await clock.advance(SWEEP_MS, 100);
  expect(later.config.asked).toEqual([]);
  expect(await malls.stand(api)).toContainEqual(['later:8080', 1]);
});

test('in one process alone: the others keep theirs', async () => {
  const { malls, api, one, all } = await opened();
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  const { clock } = malls.world;
  const reloaded = await clock.during(one.bus.configuration!.reloadHere({ by: 'signal', reason: 'SIGHUP' }));
  expect(reloaded).toMatchObject({ is: 'reloaded', reload: null });
  await clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['1.0.0', '2.0.0', '1.0.0']);
  expect(await malls.reload(api)).toMatchObject({ is: 'asked', reload: 1 });
  await clock.advance(3 * SWEEP_MS, 100);
  expect(versions(all)).toEqual(['2.0.0', '2.0.0', '2.0.0']);
});

test('the same in another order changes nothing, and is the same configuration again', async () => {
  const { malls, api, one, all } = await opened();
  const { clock, ledger } = malls.world;
  const { agencies, ...rest } = catalogueOf('1.0.0');
  for (const { config } of all) config.catalogue = { ...rest, agencies: agencies.toReversed() };
  const here = await clock.during(one.bus.configuration!.reloadHere({ by: 'signal', reason: 'SIGHUP' }));
  expect(here).toMatchObject({ is: 'unchanged', change: {} });
  const digests = async (): Promise<number> =>
    new Set((await ledger.processes(0)).map(({ digest }) => digest)).size;
  expect([await digests(), await malls.events()]).toEqual([2, []]);
  expect(await malls.reload(api)).toMatchObject({ is: 'unchanged', reload: 1, change: {} });
  await clock.advance(3 * SWEEP_MS, 100);
  expect(await digests()).toBe(1);
});

test('asked for at two processes at once with other files: the last one counts, and nobody is left unnamed', async () => {
  const { malls, api, one, two, all } = await opened();
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  const other = await malls.start('other:8080', 'api');
  other.config.catalogue = catalogueOf('3.0.0', SECOND);
  const both = await Promise.all([malls.reload(api), malls.reload(other)]);
  expect(both.map(({ reload }) => reload).toSorted()).toEqual([1, 2]);
  await malls.world.clock.advance(10 * SWEEP_MS, 100);
  const last = both.find(({ reload }) => reload === 2)!['process'];
  const after = Object.fromEntries((await malls.stand(api)).map(([name, ...rest]) => [name, rest]));
  for (const machine of ['api:8080', 'other:8080'])
    expect(after[machine]).toEqual(machine === last ? [2] : [2, 'other_files :0']);
  for (const worker of [one, two]) expect(['1.0.0', '2.0.0']).toContain(worker.version());
});

test('what is under way keeps its route, whichever process runs it', async () => {
  const { malls, api, all } = await opened();
  const { world } = malls;
  world.doors.get('desk')!.open = false;
  const before = await submit(world, application());
  for (const { config } of all) config.catalogue = catalogueOf('2.0.0', SECOND);
  await malls.reload(api);
  await world.clock.advance(3 * SWEEP_MS, 100);
  world.doors.get('desk')!.open = true;
  await world.clock.advance(3_600_000, 1000);
  const { state, steps } = await look(world, before);
  expect([state, steps.map(({ name }) => name)]).toEqual(['completed', ['file']]);
});
