/** New versions of a route: staged by one, activated by another, for all sites or some; who is under way keeps his. */
import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { application, look, submit } from '../support/applications.ts';
import { agencyEntry, SITE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { handConfig, type HandConfig } from '../support/config-source.ts';
import { worlds } from '../support/invariants.ts';
import type { World } from '../support/world.ts';

const open = worlds();
const SERVICE = 'TEST.SERVICE';
const OTHER = 'MPP-9901-02';
const FIRST: Record<string, StepFields> = { file: { call: 'desk.file' } };
const SECOND: Record<string, StepFields> = { ...FIRST, pay: { call: 'bank.charge', after: 'file' } };
const THIRD: Record<string, StepFields> = { ...SECOND, keep: { call: 'desk.reserve', after: 'pay' } };
const WRONG = {
  ...{ code: 'unknown_role', file: 'routes/(staged).yaml', line: 7, pointer: '/steps/a/call' },
  ...{ message: 'No agency plays this role', fix: 'Write "desk"' },
};

function catalogueOf(steps: Record<string, StepFields>, version: string): Catalogue {
  const catalogue = smallCatalogue(steps, [agencyEntry('desk'), agencyEntry('bank')], { version });
  return { ...catalogue, sites: [SITE, { ...SITE, code: OTHER }] };
}

const textOf = (steps: Record<string, StepFields>, version: string): string =>
  JSON.stringify(catalogueOf(steps, version).routes.get(SERVICE));

interface Answer {
  status: number;
  body: JsonObject;
}

class Staff {
  readonly #world: World;
  readonly #key: string;
  constructor(world: World, key: string) {
    [this.#world, this.#key] = [world, key];
  }
  async ask(path: string, body?: JsonObject): Promise<Answer> {
    const response = await this.#world.call(`/v1/config${path}`, {
      ...(body && { body: { reason: 'a decree', ...body } }),
      headers: { authorization: `Bearer ${this.#key}` },
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  }
  stage = (steps: Record<string, StepFields>, version: string): Promise<Answer> =>
    this.ask('/routes', { route: textOf(steps, version) });
  activate = (version: string, sites?: string[]): Promise<Answer> =>
    this.ask(`/routes/${SERVICE}/${version}/activate`, sites ? { sites } : {});
  rollBack = (sites?: string[]): Promise<Answer> =>
    this.ask(`/routes/${SERVICE}/rollback`, sites ? { sites } : {});
}

async function opened(): Promise<{ world: World; config: HandConfig; maker: Staff; checker: Staff }> {
  const catalogue = catalogueOf(FIRST, '1.0.0');
  const config = handConfig(catalogue);
  const world = await open({ catalogue, config });
  const maker = new Staff(world, await world.key('mall', ['admin']));
  const checker = new Staff(world, await world.key('portal', ['admin']));
  return { world, config, maker, checker };
}

const stepsOf = async (world: World, site = SITE.code): Promise<string[]> => {
  const id = await submit(world, application({ mppSiteCode: site }));
  return (await look(world, id)).steps.map(({ name }) => name);
};
const code = ({ status, body }: Answer): unknown[] => [status, body['code'] ?? body['version']];

describe('maker and checker', () => {
  test('who staged it does not activate it; before that nobody goes by it', async () => {
    const { world, maker, checker } = await opened();
    expect(await maker.stage(SECOND, '1.1.0')).toEqual({
      status: 201,
      body: { service: SERVICE, version: '1.1.0' },
    });
    expect(await stepsOf(world)).toEqual(['file']);
    expect(code(await maker.activate('1.1.0'))).toEqual([409, 'four_eyes']);
    expect(await stepsOf(world)).toEqual(['file']);
    expect((await checker.activate('1.1.0')).status).toBe(200);
    expect(await stepsOf(world)).toEqual(['file', 'pay']);
    expect(code(await checker.activate('1.1.0'))).toEqual([409, 'already_active']);
  });

  test('every act is an event of the bus that says who, what and a hash of why', async () => {
    const { world, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    await checker.activate('1.1.0', [OTHER]);
    await maker.rollBack();
    const events = await world.ledger.events('bus', 0, 10);
    expect(events.map(({ type }) => type)).toEqual(
      ['staged', 'activated', 'rolledBack'].map((word) => `go.mpp.route.${word}.v1`),
    );
    const [first, second, third] = events.map(({ data }) => JSON.parse(data));
    expect(first).toMatchObject({
      service: SERVICE,
      version: '1.1.0',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(second).toMatchObject({ service: SERVICE, version: '1.1.0', sites: [OTHER] });
    expect(second.by).not.toBe(first.by);
    expect(third.by).toBe(first.by);
    expect(JSON.stringify(events)).not.toContain('a decree');
  });

  test('what does not hold is neither staged nor activated', async () => {
    const { world, config, maker, checker } = await opened();
    config.findings = [WRONG];
    const refused = await maker.stage(SECOND, '1.1.0');
    expect(code(refused)).toEqual([422, 'config_invalid']);
    expect(refused.body['problems']).toMatchObject([{ pointer: '/steps/a/call', code: 'unknown_role' }]);
    expect(await world.ledger.stagedRoutes()).toEqual([]);
    config.findings = [];
    await maker.stage(SECOND, '1.1.0');
    // The files changed since.
    config.findings = [WRONG];
    expect(code(await checker.activate('1.1.0'))).toEqual([422, 'config_invalid']);
    expect(await stepsOf(world)).toEqual(['file']);
  });

  test('a version is one text: neither a staged nor the file’s number is given again', async () => {
    const { maker } = await opened();
    expect(code(await maker.stage(SECOND, '1.0.0'))).toEqual([409, 'version_exists']);
    await maker.stage(SECOND, '1.1.0');
    expect(code(await maker.stage(THIRD, '1.1.0'))).toEqual([409, 'version_exists']);
    const { body } = await maker.ask(`/routes/${SERVICE}/1.1.0`);
    expect(Object.keys((body['route'] as JsonObject)['steps'] as JsonObject)).toEqual(['file', 'pay']);
    expect(code(await maker.ask(`/routes/${SERVICE}/9.9.9`))).toEqual([404, 'not_found']);
  });

  test('unknown versions and sites, a key without the scope', async () => {
    const { world, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    expect((await checker.activate('1.2.0')).status).toBe(404);
    expect(code(await checker.activate('1.1.0', ['MPP-0000-00']))).toEqual([409, 'unknown_site']);
    expect(code(await checker.rollBack())).toEqual([409, 'nothing_to_roll_back']);
    const operator = new Staff(world, await world.key('mall', ['operate']));
    for (const answer of [
      await operator.stage(SECOND, '2.0.0'),
      await operator.activate('1.1.0'),
      await operator.rollBack(),
    ])
      expect(answer.status).toBe(403);
    expect((await operator.ask('/routes')).status).toBe(403);
  });
});

describe('some sites first', () => {
  test('only their new applications go by it, then all, and back for new ones only', async () => {
    const { world, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    await checker.activate('1.1.0', [OTHER]);
    expect([await stepsOf(world), await stepsOf(world, OTHER)]).toEqual([['file'], ['file', 'pay']]);
    world.doors.get('desk')!.open = false;
    const pinned = await submit(world, application({ mppSiteCode: OTHER }));
    const listed = (await maker.ask('/routes')).body['routes'] as JsonObject[];
    expect(listed.map(({ version, from, inForce, sites }) => [version, from, inForce, sites])).toEqual([
      ['1.0.0', 'file', true, []],
      ['1.1.0', 'staged', false, [OTHER]],
    ]);
    await checker.activate('1.1.0');
    expect([await stepsOf(world), await stepsOf(world, OTHER)]).toEqual([
      ['file', 'pay'],
      ['file', 'pay'],
    ]);
    expect((await maker.rollBack()).body).toEqual({ service: SERVICE, version: null });
    expect([await stepsOf(world), await stepsOf(world, OTHER)]).toEqual([['file'], ['file']]);
    world.doors.get('desk')!.open = true;
    await world.clock.advance(3_600_000, 1000);
    const shown = await look(world, pinned);
    expect([shown.state, shown.steps.map(({ name }) => name)]).toEqual(['completed', ['file', 'pay']]);
  });

  test('two versions beside each other are each unfolded once', async () => {
    const { world, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    await checker.activate('1.1.0', [OTHER]);
    for (let n = 0; n < 3; n += 1) await stepsOf(world, n % 2 === 0 ? OTHER : SITE.code);
    const { catalogue } = world.bus.desk;
    const [one, two] = [catalogue().routesAt!.get(SERVICE)!.get(OTHER), catalogue().routes.get(SERVICE)];
    await maker.stage(THIRD, '1.2.0');
    expect(catalogue().routesAt!.get(SERVICE)!.get(OTHER)).toBe(one);
    expect(catalogue().routes.get(SERVICE)).toBe(two);
  });
});

describe('with the files', () => {
  test('a reload does not put the file back in force, and says so; what was activated has to fit it', async () => {
    const { world, config, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    await checker.activate('1.1.0');
    config.catalogue = catalogueOf(THIRD, '1.2.0');
    const { body } = await maker.ask('/reload', {});
    expect([body['is'], body['overridden']]).toEqual(['reloaded', [SERVICE]]);
    expect(await stepsOf(world)).toEqual(['file', 'pay']);
    // Read once as it is, and once with what was activated in its place.
    expect(config.asked.at(-1)!.map(({ file }) => file)).toEqual([`${SERVICE}@1.1.0.yaml`]);
    await maker.rollBack();
    expect(await stepsOf(world)).toEqual(['file', 'pay', 'keep']);
  });

  test('files that an activated version does not fit are refused, whole', async () => {
    const { world, config, maker, checker } = await opened();
    await maker.stage(SECOND, '1.1.0');
    await checker.activate('1.1.0');
    config.catalogue = catalogueOf(THIRD, '1.2.0');
    const read = config.read.bind(config);
    config.read = (routes) =>
      routes.length > 0 ? Promise.resolve({ is: 'wrong', findings: [WRONG] }) : read(routes);
    const before = world.bus.desk.catalogue();
    expect(code(await maker.ask('/reload', {}))).toEqual([422, 'config_invalid']);
    expect(world.bus.desk.catalogue()).toBe(before);
  });
});

test('another process takes it up within a sweep', async () => {
  const { world, maker, checker } = await opened();
  const other = world.startWorker();
  await maker.stage(SECOND, '1.1.0');
  await checker.activate('1.1.0');
  const versionOf = (bus: World['bus']): string => bus.desk.catalogue().routes.get(SERVICE)!.version;
  expect([versionOf(world.bus), versionOf(other.bus)]).toEqual(['1.1.0', '1.0.0']);
  await world.clock.advance(4000, 100);
  expect(versionOf(other.bus)).toBe('1.1.0');
});
