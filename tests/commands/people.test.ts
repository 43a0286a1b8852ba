/** What people see and say, by commands: codes explained, threads, complaints, searches and surveys. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorld, type World } from '../../src/commands/demo/world.ts';
import { SHIPPED } from '../config/broken.ts';
import { jembatan, temporaryFolder, type Ran } from './stand.ts';

describe('explain', () => {
  const explain = (...words: string[]): Promise<Ran> =>
    jembatan(['explain', ...words], { JEMBATAN_DATA: temporaryFolder() });

  test('says a code in three voices, and whose signals it comes from', async () => {
    const { code, out } = await explain('JKN_INACTIVE');
    expect(code).toBe(0);
    expect(out.map((line) => line.slice(0, 14).trim())).toEqual([
      ...['citizen (id)', 'citizen (en)', 'officer (id)', 'officer (en)', 'engineer', 'engineer'],
    ]);
    expect(out.at(-1)).toMatch(/bpjs-health: .+ \(refused\)$/);
  });

  test('takes the words of the adapter that lists a code, and JSON', async () => {
    const { out } = await explain('INSUFFICIENT_FUNDS', '--json');
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
      officer: { id: 'Saldo tidak cukup.' },
    });
  });

  test.each([['HTTP_503'], ['schema_maxLength'], ['payment']])(
    '%s is known by its family or as a message',
    async (code) => {
      expect((await explain(code)).code).toBe(0);
    },
  );

  test('names what is alike where a code is unknown', async () => {
    const { code, out, err } = await explain('NIK_BLOCK');
    expect([code, out, err]).toEqual([1, [], ['No code is called NIK_BLOCK; these are alike: NIK_BLOCKED']]);
    expect((await explain('x')).err).toEqual(['No code is called x']);
  });
});

describe('over the API', () => {
  let world: World;
  let over: Record<string, string>;
  let number: string;

  beforeAll(async () => {
    world = await makeWorld(SHIPPED, 'error');
    const scopes = ['applications:submit', 'applications:read', 'operate'];
    const beside = { JEMBATAN_DATA: world.env.dataDir, JEMBATAN_CONFIG: SHIPPED };
    const made = await jembatan(
      ['key', 'create', '--platform', 'mpp-kuburaya', '--scope', ...scopes],
      beside,
    );
    over = { JEMBATAN_URL: `http://127.0.0.1:${world.running.port}`, JEMBATAN_KEY: made.out[0]! };
    const file = fileURLToPath(new URL('../../examples/07-skck-loket.json', import.meta.url));
    const sent = await jembatan(['send', '--json', file], over);
    number = (JSON.parse(sent.out.join('\n')) as { sent: { number: string }[] }).sent[0]!.number;
  });
  afterAll(() => world.close());

  test('a thread is read and added to; the same words on the same day are there once', async () => {
    const say = [
      'thread',
      number,
      '--say',
      'Besok bisa diambil.',
      '--from',
      'callCentre',
      '--channel',
      'phone',
    ];
    for (const ran of [await jembatan(say, over), await jembatan(say, over)])
      expect([ran.code, ran.out]).toEqual([0, [`message 1 of ${number}`]]);
    const { out } = await jembatan(['thread', number], over);
    expect(out.filter((line) => line.includes('callCentre (phone): Besok bisa diambil.'))).toHaveLength(1);
    expect(out[0]).toMatch(
      / bus: Permohonan .+ diterima, nomor .+ \/ Your application for .+ has been accepted/,
    );
    expect((await jembatan(['thread', number, '--say', ' '], over)).code).toBe(2);
  });

  test('complaints are listed, answered once, and called wrongly with a word why', async () => {
    const response = await fetch(`${over['JEMBATAN_URL']}/v1/applications/${number}/complaints`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${over['JEMBATAN_KEY']}`,
        'content-type': 'application/json',
        'idempotency-key': 'c1',
      },
      body: JSON.stringify({ category: 'delay', text: 'Terlalu lama.' }),
    });
    expect(response.status).toBe(201);
    const listed = await jembatan(['complaints', number], over);
    expect(listed.out).toEqual([
      expect.stringMatching(/^1 {2}delay, tier 2, received, due /),
      '   Terlalu lama.',
    ]);
    expect((await jembatan(['complaints', number, '1'], over)).out).toEqual(listed.out);
    const answer = ['complaints', number, '1', '--answer', 'Sudah selesai.'];
    expect((await jembatan(answer, over)).out).toEqual([`complaint 1 of ${number} is answered`]);
    const again = await jembatan(answer, over);
    expect([again.code, again.err[0]]).toEqual([1, expect.stringContaining('complaint_closed')]);
    for (const words of [
      ['--answer', 'x'],
      ['1', '--answer', 'x', '--forward'],
      ['1', '--answer', 'x', '--text', 'y'],
    ])
      expect((await jembatan(['complaints', number, ...words], over)).code).toBe(2);
  });

  test('list finds a person by a number that stands in no URL', async () => {
    const found = async (...words: string[]): Promise<number> =>
      (
        JSON.parse((await jembatan(['list', '--json', ...words], over)).out.join('\n')) as {
          applications: object[];
        }
      ).applications.length;
    expect(await found('--reference', 'MPPKR-2026-000007')).toBe(1);
    expect(await found('--phone', '+6280000009999')).toBe(0);
    expect(await found('--nik', '9901014508909999')).toBe(0);
    const both = await jembatan(['list', '--nik', '9901014508909999', '--state', 'completed'], over);
    expect([both.code, both.err.join()]).toEqual([2, expect.stringContaining('each stand alone')]);
  });

  test('survey tells the summary', async () => {
    const { code, out } = await jembatan(['survey', '--from', '2026-01', '--to', '2026-03'], over);
    expect([code, out]).toEqual([0, ['2026-01 to 2026-03: 0 answers, index -']]);
    expect((await jembatan(['survey', '--comments', '--json'], over)).out.join('')).toContain(
      '"comments": []',
    );
    expect((await jembatan(['survey', '--from', 'spring'], over)).code).toBe(1);
  });
});
