/** A birth that was registered with a slip of the pen: from the refused withdrawal to the corrected register. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/outcome.ts';
import { act, look, stepOf, submit, upload } from '../../support/applications.ts';
import { shippedCatalogue } from '../../support/catalogues.ts';
import { worlds } from '../../support/invariants.ts';
import type { World } from '../../support/world.ts';
import { exampleOf } from './play.ts';

const opened = worlds();
const EXAMPLES = new URL('../../../examples/', import.meta.url);
const SLIP = 'Contoh Annak Desa';
const RIGHT = 'Contoh Anak Desa';

interface Shown {
  related: { relation: string; id: string; service: string; state: string }[];
}

/** The civil registry alone: what a birth asks of others besides is left out. */
async function open(): Promise<World> {
  const { catalogue } = await shippedCatalogue();
  const birthRoute = catalogue.routes.get('DUKCAPIL.AKTA-LAHIR')!;
  const own = Object.entries(birthRoute.steps).filter(([name]) =>
    ['mother', 'father', 'late', 'register', 'familyCard', 'childCard'].includes(name),
  );
  const steps = Object.fromEntries(
    own.map(([name, step]) => [name, { ...step, after: step.after.filter((one) => one !== 'notice') }]),
  );
  const routes = new Map(catalogue.routes).set('DUKCAPIL.AKTA-LAHIR', { ...birthRoute, steps, result: {} });
  const agencies = catalogue.agencies.filter(({ role }) => role === 'dukcapil');
  return opened({ catalogue: { ...catalogue, routes, agencies } });
}

async function withDocuments(world: World, body: JsonObject): Promise<JsonObject> {
  const listed = (body['documents'] ?? []) as JsonObject[];
  for (const document of listed)
    await upload(world, readFileSync(new URL(document['fileName'] as string, EXAMPLES)), {});
  return body;
}

/** Known by two witnesses: no facility is asked. */
async function birth(world: World): Promise<{ id: string; body: JsonObject; registered: JsonObject }> {
  const example = JSON.parse(
    readFileSync(new URL('43-akta-lahir-terlambat-saksi.json', EXAMPLES), 'utf8'),
  ) as JsonObject & { formData: { child: JsonObject } };
  const birthDate = new Date(world.clock.now() - 86_400_000).toISOString().slice(0, 10);
  example.formData.child = { ...example.formData.child, fullName: SLIP, birthDate };
  delete example['capture'];
  const id = await submit(world, await withDocuments(world, example));
  await world.clock.advance(10_000);
  return { id, body: example, registered: (await stepOf(world, id, 'register')).output! };
}

function correctionOf({ id, body, registered }: Awaited<ReturnType<typeof birth>>, n: number): JsonObject {
  const { familyCardNumber } = body['formData'] as JsonObject;
  return {
    ...exampleOf('DUKCAPIL.AKTA-PERBAIKAN'),
    clientReference: `KOREKSI-${n}`,
    applicant: body['applicant']!,
    relatedApplicationIds: [id],
    formData: {
      ...{ certificate: 'birth', certificateNumber: registered['certificateNumber']!, familyCardNumber },
      subject: { nik: registered['nik']!, fullName: RIGHT, card: 'child' },
      ...{ field: 'fullName', oldValue: SLIP, newValue: RIGHT },
    } as JsonObject,
  };
}

interface Refused {
  status: number;
  code: string;
  correctedBy: { service: string; title: JsonObject };
}

async function withdrawn(world: World, id: string): Promise<Refused> {
  const response = await world.call(`/v1/applications/${id}/withdraw`, { body: { reason: 'nama salah' } });
  return { status: response.status, ...((await response.json()) as Omit<Refused, 'status'>) };
}

test('it is refused to withdraw it, corrected by the service that was named, and each shows the other', async () => {
  const world = await open();
  const registry = world.simulators['dukcapil-6112']!;
  await registry.act('hold', { event: 'familyCard' });
  const born = await birth(world);
  expect(born.registered['certificateNumber']).toMatch(/^9901-LU-/);

  const told = await withdrawn(world, born.id);
  expect([told.status, told.code]).toEqual([409, 'past_pivot']);
  await world.clock.during(registry.act('release', {}));
  await world.clock.advance(10_000);
  // Noticed only once the whole of it had been handed over.
  const later = await withdrawn(world, born.id);
  expect([later.status, later.code]).toEqual([409, 'application_ended']);
  expect(later.correctedBy).toEqual(told.correctedBy);

  const correction = correctionOf(born, 1);
  expect(correction['serviceCode']).toBe(told.correctedBy.service);
  const id = await submit(world, await withDocuments(world, correction));
  await world.clock.advance(10_000);
  const corrected = await look(world, id);
  expect(corrected).toMatchObject({ state: 'completed', items: [] });
  expect(corrected.result).toMatchObject({ certificateNumber: born.registered['certificateNumber'] });
  expect((corrected as unknown as Shown).related).toMatchObject([
    { relation: 'refersTo', id: born.id, service: 'DUKCAPIL.AKTA-LAHIR' },
  ]);
  expect(((await look(world, born.id)) as unknown as Shown).related).toMatchObject([
    { relation: 'referredBy', id, service: 'DUKCAPIL.AKTA-PERBAIKAN', state: 'completed' },
  ]);

  const certificate = await registry.act('certificate', { number: born.registered['certificateNumber']! });
  expect(certificate).toMatchObject({ fullName: RIGHT, birthPlace: 'Contoh Desa' });
  const book = registry.book().map(({ effect, times }) => `${effect} ${times}`);
  expect(book.filter((one) => /birthRecord|certificateCorrection/.test(one))).toEqual([
    'birthRecord 1',
    'certificateCorrection 1',
  ]);
});

test('asked for once more it is refused, and the correction itself is taken back by none', async () => {
  const world = await open();
  const born = await birth(world);
  const first = await submit(world, await withDocuments(world, correctionOf(born, 2)));
  await world.clock.advance(10_000);
  expect(await act(world, `applications/${first}/withdraw`)).toBe(409);
  const second = await submit(world, await withDocuments(world, correctionOf(born, 3)));
  await world.clock.advance(10_000);
  const { state, steps } = await look(world, second);
  expect([state, steps.find(({ name }) => name === 'correct')!.code]).toEqual([
    'rejected',
    'ALREADY_CORRECTED',
  ]);
});
