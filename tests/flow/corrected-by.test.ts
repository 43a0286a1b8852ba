/** What can no longer be taken back names the service that mends it. */
import { expect, test } from 'vitest';
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { look, submit } from '../support/applications.ts';
import { SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();
const MINUTE = 60_000;
const MENDED = { service: 'TEST.MEND', title: { id: 'Pembetulan', en: 'Correction' } };

function catalogueOf(steps: Record<string, StepFields>): Catalogue {
  const catalogue = smallCatalogue(steps);
  const service = catalogue.services.get(SERVICE)!;
  catalogue.services.set('TEST.MEND', { ...service, code: 'TEST.MEND', title: MENDED.title });
  return catalogue;
}

const chain = (mended: string | undefined): Record<string, StepFields> => ({
  a: { call: 'desk.reserve', ...(mended !== undefined && { correctedBy: mended }) },
  b: { call: 'desk.look', after: 'a' },
});
const pivot = (mended: string | undefined): Record<string, StepFields> => ({
  a: { call: 'desk.enter', pivot: true, ...(mended !== undefined && { correctedBy: mended }) },
  b: { call: 'desk.announce', after: 'a' },
});

async function refusal(mended: string | undefined, path: 'withdraw' | 'cancel'): Promise<JsonObject> {
  const world = await open({ catalogue: catalogueOf(pivot(mended)) });
  const id = await submit(world);
  await world.clock.advance(5_000);
  const response = await world.call(`/v1/applications/${id}/${path}`, { body: { reason: 'salah' } });
  return { status: response.status, ...((await response.json()) as JsonObject) };
}

test.each(['withdraw', 'cancel'] as const)(
  '%s after the pivot: refused, and told where to go',
  async (path) => {
    const refused = await refusal('TEST.MEND', path);
    expect(refused).toMatchObject({ status: 409, code: 'past_pivot', correctedBy: MENDED });
    expect(refused['detail']).toContain('TEST.MEND (Correction)');
  },
);

test('without a service that mends it: refused as before', async () => {
  const refused = await refusal(undefined, 'withdraw');
  expect(refused).toMatchObject({ status: 409, code: 'past_pivot' });
  expect(refused).not.toHaveProperty('correctedBy');
});

test.each([
  ['TEST.MEND', MENDED],
  [undefined, undefined],
])(
  'an undo that is refused is a task that names %s, in the application and in the list',
  async (mended, named) => {
    const world = await open({ catalogue: catalogueOf(chain(mended)) });
    world.agencies['desk']!.script = ({ operation, kind }) => {
      if (operation === 'look') return { is: 'refused', code: 'NO' };
      return kind === 'undo' ? { is: 'refused', code: 'ALREADY_ISSUED' } : undefined;
    };
    const id = await submit(world);
    await world.clock.advance(MINUTE);
    const [item] = (await look(world, id)).items as { kind: string; correctedBy?: object }[];
    expect([item!.kind, item!.correctedBy]).toEqual(['undoRefused', named]);
    const list = (await (await world.call('/v1/items')).json()) as { items: { correctedBy?: object }[] };
    expect(list.items.map(({ correctedBy }) => correctedBy)).toEqual([named]);
  },
);

test('an item of another kind names none: nothing stands yet', async () => {
  const world = await open({ catalogue: catalogueOf(pivot('TEST.MEND')) });
  world.agencies['desk']!.script = () => ({ is: 'retry', code: 'BUSY' });
  const id = await submit(world);
  await world.clock.advance(180 * MINUTE, 15_000);
  const [item] = (await look(world, id)).items as { kind: string; correctedBy?: object }[];
  expect(item).toMatchObject({ kind: 'retriesSpent' });
  expect(item).not.toHaveProperty('correctedBy');
});
