import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Ring } from '../../src/domain/lane.ts';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { act, application, look, submit } from '../support/applications.ts';
import { smallCatalogue } from '../support/catalogues.ts';
import { worlds } from '../support/invariants.ts';

const folders: string[] = [];
const open = worlds();
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const CANARY = {
  nik: '9901015508019999',
  name: 'Kenari Kuning',
  phone: '+6280000007777',
  reference: 'REF-KENARI',
  form: 'isi-kenari',
  text: 'alasan-kenari',
};
const words = [...Object.values(CANARY), CANARY.phone.slice(1), 'Kenari'];

function seen(place: string, text: string): string[] {
  return words.filter((word) => text.includes(word)).map((word) => `${place}: ${word}`);
}

test('a person’s data never lies open: not in the file, the log, a bell, an event or a callback', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jembatan-flow-'));
  folders.push(folder);
  const rings: Ring[] = [];
  const person = {
    nik: 'application.applicant.nik',
    name: 'application.applicant.fullName',
    form: 'application.formData.word',
  };
  const steps = {
    ok: { call: 'desk.look', with: person },
    waits: { call: 'desk.enter', with: person, after: 'ok' },
    no: {
      call: 'desk.file',
      with: { ...person, from: 'steps.ok.output.name' },
      after: 'ok',
      need: 'bestEffort' as const,
    },
    lost: { call: 'desk.stamp', with: person, after: 'ok' },
    wrong: { call: 'desk.look', with: { n: '$number(application.applicant.fullName)' } },
  };
  const world = await open({
    ledgerPath: join(folder, 'ledger.db'),
    catalogue: smallCatalogue(steps, [], { result: { name: 'steps.ok.output.name' } }),
    wrapQueue: (queue) => ({ ...queue, ring: (ring) => (rings.push(ring), queue.ring(ring)) }),
  });
  await world.call('/v1/callback-endpoints', { body: { url: 'https://portal.example/hook' } });
  world.agencies['desk']!.script = ({ operation }) => {
    if (operation === 'look') return { is: 'ok', output: { name: CANARY.name, nik: CANARY.nik } };
    if (operation === 'enter')
      return { is: 'pending', reference: CANARY.reference, shown: { name: CANARY.name } };
    if (operation === 'file') return { is: 'refused', code: 'NO', text: `${CANARY.text} ${CANARY.name}` };
    return 'loseAfter';
  };
  const body = application({ clientReference: CANARY.reference, formData: { word: CANARY.form } });
  Object.assign(body['applicant'] as JsonObject, {
    nik: CANARY.nik,
    fullName: CANARY.name,
    phone: CANARY.phone,
  });
  const id = await submit(world, body);
  await world.clock.advance(5000);
  const news = {
    id: 'n-1',
    reference: CANARY.reference,
    outcome: { is: 'ok', output: { name: CANARY.name } },
  };
  await world.news('desk', 'enter', news);
  await world.news('desk', 'enter', {
    id: `n-${CANARY.nik}`,
    reference: `other-${CANARY.reference}`,
    outcome: { is: 'refused', code: 'X', text: CANARY.name },
  });
  await act(world, `applications/${id}/steps/lost/resolve`, {
    as: 'rejected',
    code: 'NO',
    reason: `${CANARY.text} ${CANARY.name}`,
  });
  await world.clock.advance(60_000);
  // It did go through: the canary is seen where it may be.
  const shown = await look(world, id);
  expect(shown.steps[0]!.output).toEqual({ name: CANARY.name, nik: CANARY.nik });
  expect(JSON.stringify(world.agencies['desk']!.asked)).toContain(CANARY.nik);

  const leaks: string[] = [];
  const files = await readdir(folder);
  expect(files).toContain('ledger.db-wal');
  for (const file of files)
    leaks.push(...seen(file, (await readFile(join(folder, file))).toString('latin1')));
  leaks.push(...seen('log', world.log.join('\n')));
  leaks.push(...seen('bells', JSON.stringify(rings)));
  for (const stream of await world.ledger.streams('', 100)) {
    const events = await world.ledger.events(stream, 0, 1000);
    leaks.push(...seen(stream, events.map(({ type, data }) => type + data).join()));
  }
  leaks.push(...seen('callbacks', world.posts.map(({ body: text, id: post }) => text + post).join()));
  expect(leaks).toEqual([]);
  expect(rings.length).toBeGreaterThan(5);
  expect(world.posts.length).toBeGreaterThan(5);
});
