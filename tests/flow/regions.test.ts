import { expect, test } from 'vitest';
import { application, look, post, submit } from '../support/applications.ts';
import { agencyEntry, smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();

test('one role, two regions', async () => {
  const agencies = [
    agencyEntry('reg-country', { role: 'reg', regions: ['99'] }),
    agencyEntry('reg-9901', { role: 'reg', regions: ['99.01'] }),
    agencyEntry('reg-9902', { role: 'reg', regions: ['99.02'] }),
  ];
  const steps = {
    leave: { call: 'reg.file' },
    join: { call: 'reg.file', after: 'leave', at: 'application.formData.to' },
  };
  const world = await open({ catalogue: smallCatalogue(steps, agencies) });
  const move = (from: string, to: string) =>
    submit(world, application({ jurisdictionCode: from, formData: { to } }));
  const ids = [await move('99.01', '99.02'), await move('99.02', '99.01'), await move('99.01', '99.03')];
  await world.clock.advance(5000);
  const went = await Promise.all(
    ids.map(async (id) => (await look(world, id)).steps.map(({ agency, state }) => [agency, state])),
  );
  const both = (first: string, second: string) => [
    [first, 'succeeded'],
    [second, 'succeeded'],
  ];
  expect(went).toEqual([
    both('reg-9901', 'reg-9902'),
    both('reg-9902', 'reg-9901'),
    both('reg-9901', 'reg-country'),
  ]);
  expect(world.agencies['reg-9901']!.asked).toHaveLength(3);
  expect(world.agencies['reg-9902']!.asked).toHaveLength(2);
  expect(world.agencies['reg-country']!.asked).toHaveLength(1);
});

test('a region that no entry serves is refused before anything is stored', async () => {
  const agencies = [agencyEntry('reg-9901', { role: 'reg', regions: ['99.01'] })];
  const world = await open({ catalogue: smallCatalogue({ a: { call: 'reg.file' } }, agencies) });
  const response = await post(world, application({ jurisdictionCode: '99.02' }));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ problems: [{ code: 'region_not_served' }] });
  expect(await world.ledger.list({ most: 10 })).toEqual([]);
});
