/** The commands over the API against a real bus on a free port; its agencies are closed but for the civil registry. */
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorld, type World } from '../../src/commands/demo/world.ts';
import type { JsonValue } from '../../src/domain/outcome.ts';
import { watchShape } from '../../src/flow/watch-shapes.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const example = (start: string): string => join(EXAMPLES, start);
const BABY = example('01-kk-bayi-lahir.json');
const KIOSK = example('02-kk-hilang-kios.json');
const NOBODY = example('05-kk-nik-tidak-ditemukan.json');
const COUNTER = example('07-skck-loket.json');

let world: World;
/** Of the data folder, for commands beside the bus. */
let beside: Record<string, string>;
/** Of the bus, for commands over the API. */
let over: Record<string, string>;

beforeAll(async () => {
  world = await makeWorld(SHIPPED, 'error');
  beside = { JEMBATAN_DATA: world.env.dataDir, JEMBATAN_CONFIG: SHIPPED };
  over = {
    JEMBATAN_URL: `http://127.0.0.1:${world.running.port}`,
    JEMBATAN_KEY: await newKey('applications:submit', 'applications:read', 'operate'),
  };
});
afterAll(() => world.close());

async function newKey(...scopes: string[]): Promise<string> {
  const { out } = await jembatan(
    ['key', 'create', '--platform', 'mpp-kuburaya', '--scope', ...scopes],
    beside,
  );
  return out[0]!;
}

interface Sent {
  sent: { id: string; number: string; file: string; state: string }[];
  refused: { file: string; why: string }[];
}

const parsed = <T>({ out }: Ran): T => JSON.parse(out.join('\n')) as T;
const send = async (...words: string[]): Promise<Sent> =>
  parsed<Sent>(await jembatan(['send', '--json', ...words], over));

test('send prints number, id and promised date; sending again is the same application', async () => {
  const first = await jembatan(['send', BABY], over);
  expect([first.code, first.err]).toEqual([0, []]);
  expect(first.out).toEqual([
    expect.stringMatching(
      /^\d{4}-\d{2}-\d{2}-\d{6}-\d {2}[0-9a-f-]{36} {2}promised \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}\S+01-kk-bayi-lahir\.json$/,
    ),
  ]);
  expect((await jembatan(['send', BABY], over)).out).toEqual(first.out);
});

test('what cannot be sent is named, and the others are sent all the same', async () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => (
    writeFileSync(join(folder, name), text),
    join(folder, name)
  );
  const kiosk = JSON.parse(readFileSync(KIOSK, 'utf8')) as Record<string, object>;
  const files = [
    file('cut.json', '{"a": '),
    file('list.json', '[]'),
    join(folder, 'gone.json'),
    file('wrong.json', JSON.stringify({ ...kiosk, clientReference: 'w-1', channel: 'pigeon' })),
    KIOSK,
    file('other.json', JSON.stringify({ ...kiosk, channel: 'direct', channelDetail: 'counter' })),
  ];
  const { code, out, err } = await jembatan(['send', '--documents', EXAMPLES, ...files], over);
  expect([code, out.length]).toEqual([1, 1]);
  const text = err.join('\n');
  for (const said of [
    'cut.json: the text is not JSON',
    'list.json: it holds no JSON object',
    'gone.json: there is no such file',
    '  /channel ',
    'other.json: an application with this clientReference was sent before',
    '5 of 6 files not accepted',
  ]) {
    expect(text).toContain(said);
  }
});

test('documents are found by digest beside the file or in --documents; a missing one is said', async () => {
  const folder = temporaryFolder();
  const application = JSON.parse(readFileSync(BABY, 'utf8')) as { documents: object[] };
  // A scan that nobody has uploaded before.
  const scan = Buffer.concat([readFileSync(join(EXAMPLES, 'scan.jpg')), Buffer.from('again')]);
  const listed = { ...application.documents[0], sha256: hash('sha256', scan, 'hex'), sizeBytes: scan.length };
  const path = join(folder, 'a.json');
  writeFileSync(path, JSON.stringify({ ...application, clientReference: 'doc-1', documents: [listed] }));
  const without = await jembatan(['send', path], over);
  expect(without.code).toBe(1);
  expect(without.err[0]).toContain(`doc-1 is in no file of ${folder}`);
  expect(without.err.join('\n')).toContain('document_missing');
  mkdirSync(join(folder, 'scans'));
  writeFileSync(join(folder, 'scans', 'anything at all'), scan);
  expect((await jembatan(['send', path, '--documents', join(folder, 'scans')], over)).code).toBe(0);
  const { code, err } = await jembatan(['send', path, '--documents', join(folder, 'nowhere')], over);
  expect([code, err]).toEqual([1, [`${join(folder, 'nowhere')}: there is no such file or folder`]]);
});

test('show: by number or id, for people and for programs', async () => {
  const { sent } = await send(BABY);
  const { id, number } = sent[0]!;
  const byNumber = await jembatan(['show', number], over);
  expect(byNumber.code).toBe(0);
  expect(byNumber.out[0]).toContain(number);
  expect(byNumber.out.join('\n')).toContain('#1 application.accepted');
  const shown = parsed<{ id: string; steps: object[]; events: { seq: number }[] }>(
    await jembatan(['show', id, '--json'], over),
  );
  expect(shown.id).toBe(id);
  expect(shown.events.map(({ seq }) => seq)).toEqual(shown.events.map((_, place) => place + 1));
  const unknown = await jembatan(['show', '6112-01-26-999999-9'], over);
  expect([unknown.code, unknown.out]).toEqual([1, []]);
  expect(unknown.err[0]).toMatch(/^404 not_found: /);
});

test('list: filters, pages, and whether there is more', async () => {
  await send(BABY, KIOSK, COUNTER);
  const all = parsed<{ applications: { number: string; service: string }[]; more: boolean }>(
    await jembatan(['list', '--json'], over),
  );
  expect(all.more).toBe(false);
  const skck = parsed<typeof all>(await jembatan(['list', '--json', '--service', 'POLRES.SKCK'], over));
  const numbers = (of: typeof all): string[] => of.applications.map(({ number }) => number);
  const asked = all.applications.filter(({ service }) => service === 'POLRES.SKCK');
  expect([numbers(skck), asked.length]).toEqual([numbers({ ...all, applications: asked }), 1]);
  const one = await jembatan(['list', '--limit', '1'], over);
  expect(one.out[0]).toMatch(/^number +state +service/);
  expect(one.out[1]).toContain(all.applications[0]!.number);
  expect([one.out.length, one.err]).toEqual([2, ['There are more than 1: --limit shows more']]);
  const none = await jembatan(['list', '--state', 'expired', '--attention'], over);
  expect([none.code, none.out.length]).toEqual([0, 1]);
});

test('agency drift shows in what replies have changed, and list that they have', async () => {
  const { desk } = world.running.bus;
  const agency = desk.catalogue().agencies.find(({ id }) => id === 'polres-6112')!;
  const heard = (body: JsonValue, code: string): Promise<void> =>
    watchShape(desk, {
      ...{
        agency,
        adapter: 'police@1',
        operation: 'issueRecordCertificate',
        exchange: 'inquiry',
        status: 404,
      },
      ...{ body, isXml: false, outcome: { is: 'unknown', code } },
    });
  await heard({ secret: 'Contoh' }, 'BAD_RESPONSE');
  const { code, out } = await jembatan(['agency', 'drift', 'polres-6112'], over);
  expect(code).toBe(0);
  expect(out.slice(1)).toEqual([
    expect.stringMatching(/Z +issueRecordCertificate +inquiry +4xx +new +\/secret string$/),
    expect.stringMatching(/Z +issueRecordCertificate +inquiry +4xx +code +BAD_RESPONSE$/),
  ]);
  const json = await jembatan(['agency', 'drift', 'polres-6112', '--json'], over);
  expect(parsed<{ drift: { sample: string }[] }>(json).drift[0]!.sample).toBe('{"secret":"Xxxxxx"}');
  const listed = (await jembatan(['agency', 'list'], over)).out.find((line) =>
    line.startsWith('polres-6112'),
  );
  expect(listed).toMatch(/ 2, last \d{4}-/);
  expect((await jembatan(['agency', 'drift', 'polres'], over)).err[0]).toContain('no such agency');
});

test('agency: pause, list, resume, each with a reason', async () => {
  const reason = ['--reason', 'maintenance tonight'];
  expect((await jembatan(['agency', 'pause', 'polres-6112', ...reason], over)).out).toEqual([
    'polres-6112 is paused',
  ]);
  const { out } = await jembatan(['agency', 'list'], over);
  expect(out.find((line) => line.startsWith('polres-6112'))).toMatch(/^polres-6112 +police +paused /);
  expect((await jembatan(['agency', 'resume', 'polres-6112', ...reason], over)).out).toEqual([
    'polres-6112 is awake',
  ]);
  const unknown = await jembatan(['agency', 'pause', 'polres', ...reason], over);
  expect([unknown.code, unknown.err[0]]).toEqual([1, expect.stringContaining('no such agency')]);
  const short = await jembatan(['agency', 'pause', 'polres-6112', '--reason', 'x'], over);
  expect(short.code).toBe(1);
  expect(short.err[1]).toContain('/reason');
});

test('retry, cancel, withdraw: done, or refused with the reason why not', async () => {
  const { sent } = await send(BABY, KIOSK);
  const [first, second] = sent as [Sent['sent'][0], Sent['sent'][0]];
  const because = ['--reason', 'the citizen asked'];
  const retried = await jembatan(['retry', first.number, 'person', ...because], over);
  // The civil registry is closed: the step waits for its next turn, or is being tried at this moment.
  if (retried.code === 1) expect(retried.err[0]).toMatch(/^409 not_retryable/);
  else expect(retried.out[0]).toBe(`person of ${first.number} is sent again: jembatan show ${first.number}`);
  const unknown = await jembatan(['retry', first.id, 'persom', ...because], over);
  expect([unknown.code, unknown.err[0]]).toEqual([1, '409 unknown_step: The application has no such step']);
  const withdrawn = await jembatan(['withdraw', first.number, ...because], over);
  expect(withdrawn.code).toBe(0);
  expect(withdrawn.out[0]).toContain(first.number);
  expect((await jembatan(['cancel', second.id, ...because], over)).code).toBe(0);
  const again = await jembatan(['cancel', second.id, ...because], over);
  expect([again.code, again.err[0]]).toEqual([
    1,
    expect.stringMatching(/^409 (application_ended|already_ending): /),
  ]);
});

test('items and stuck are empty tables when nobody is needed', async () => {
  expect((await jembatan(['items'], over)).out).toEqual([expect.stringMatching(/^number +step +kind/)]);
  expect(parsed(await jembatan(['stuck', '--json'], over))).toEqual({ steps: [] });
});

test(
  'send --wait follows to the end; a rejected application is exit code 1',
  { timeout: 30_000 },
  async () => {
    await world.standIns['dukcapil']!.open();
    const { code, out, err } = await jembatan(['send', NOBODY, '--wait'], over);
    expect([code, out.length]).toEqual([1, 1]);
    expect(err.at(-2)).toMatch(/ rejected: Ditolak oleh instansi \/ Rejected by the agency$/);
    expect(err.at(-1)).toBe('1 of 1 application not completed');
  },
);

test('a key without the scope, a revoked key and a wrong one: what to do', async () => {
  const key = await newKey('applications:read');
  const lacking = await jembatan(['items'], { ...over, JEMBATAN_KEY: key });
  expect([lacking.code, lacking.err.length]).toEqual([1, 2]);
  expect(lacking.err[0]).toContain('lacks the scope operate');
  await jembatan(['key', 'revoke', key], beside);
  const revoked = await jembatan(['list', '--key', key], over);
  expect(revoked.err[0]).toMatch(/^401 auth_invalid/);
  expect(revoked.err[1]).toContain('jembatan key create');
  expect([...revoked.err, ...lacking.err].join()).not.toContain(key);
});

test('audit verify beside the running bus', async () => {
  const { code, out } = await jembatan(['audit', 'verify'], beside);
  expect(code).toBe(0);
  expect(out).toEqual([expect.stringMatching(/^audit: \d+ streams, \d+ events: unbroken$/)]);
});
