/** A sub-application goes in the turn of the application that opened it: neither waits for the other. */
import { expect, test } from 'vitest';
import { look, submit } from '../support/applications.ts';
import { SERVICE, smallCatalogue, type StepFields } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const open = worlds();
const MINUTE = 60_000;
const ordered = { order: 'applicant' as const };
const child = (service: string): StepFields => ({ call: 'bus.child', with: { service: `'${service}'` } });

test('a parent, its child and that one’s child at one agency, all in the order of the applicant’s applications, end', async () => {
  const catalogue = smallCatalogue(
    { part: child('TEST.CHILD'), file: { call: 'desk.file', after: 'part' } },
    [],
    ordered,
  );
  const add = (code: string, steps: Record<string, StepFields>): void => {
    catalogue.services.set(code, { ...catalogue.services.get(SERVICE)!, code });
    catalogue.routes.set(code, { ...smallCatalogue(steps, [], ordered).routes.get(SERVICE)!, service: code });
  };
  add('TEST.CHILD', { part: child('TEST.GRANDCHILD'), file: { call: 'desk.file', after: 'part' } });
  add('TEST.GRANDCHILD', { file: { call: 'desk.file' } });
  const world = await open({ catalogue });
  const id = await submit(world);
  await world.clock.advance(10 * MINUTE);
  expect((await look(world, id)).state).toBe('completed');
  expect(world.agencies['desk']!.effects.size).toBe(3);
});
