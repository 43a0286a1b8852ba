/** The satisfaction survey: one answer a token, nobody's name beside it, and no word about fewer than five. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/outcome.ts';
import { misfits } from './described.ts';
import { application, smallWorld, type Sent, type SmallWorld } from './world.ts';

let world: SmallWorld;
beforeEach(async () => {
  world = await smallWorld();
});
afterEach(() => world.close());

const PATH = '/v1/surveys/{token}';
const scores = (score: number): JsonObject =>
  Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`U${n + 1}`, score]));
const SCORES = scores(3);

interface Ended {
  id: string;
  token: string;
}

/** An application that has ended, and the survey that its end brought. */
async function ended(): Promise<Ended> {
  const id = (await world.submit(application())).body['id'] as string;
  expect((await world.send(`/v1/applications/${id}`)).body['survey']).toBeUndefined();
  await world.send(`/v1/applications/${id}/withdraw`, { json: { reason: 'the citizen came back' } });
  const { survey } = (await world.send(`/v1/applications/${id}`)).body as {
    survey: { token: string; path: string };
  };
  expect(survey.path).toBe(`/v1/surveys/${survey.token}`);
  return { id, token: survey.token };
}

const read = (token: string): Promise<Sent> => world.send(`/v1/surveys/${token}`, { key: null });
const answer = (token: string, json: JsonObject = { scores: SCORES }): Promise<Sent> =>
  world.send(`/v1/surveys/${token}`, { json, key: null });
const summary = async (query = ''): Promise<JsonObject> => {
  const sent = await world.send(`/v1/surveys/summary${query}`);
  expect([sent.status, misfits('get', '/v1/surveys/summary', sent)]).toEqual([200, []]);
  return sent.body;
};

test('is read and filled in without a key, once', async () => {
  const { token } = await ended();
  const shown = await read(token);
  expect([shown.status, misfits('get', PATH, shown)]).toEqual([200, []]);
  expect(shown.body['elements']).toHaveLength(9);
  const first = await answer(token, { scores: SCORES, comment: 'Cepat sekali.' });
  expect([first.status, misfits('post', PATH, first)]).toEqual([201, []]);
  for (const sent of [await answer(token), await read(token)])
    expect([sent.status, sent.body['code']]).toEqual([409, 'survey_spent']);
});

test('many at once with one token are one answer', async () => {
  const { token } = await ended();
  const sent = await Promise.all(Array.from({ length: 6 }, () => answer(token)));
  expect(sent.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
});

describe('what is no answer', () => {
  test.each<[string, JsonObject]>([
    ['no scores', {}],
    ['eight of nine', { scores: Object.fromEntries(Object.entries(SCORES).slice(1)) }],
    ['ten of nine', { scores: { ...SCORES, U10: 3 } }],
    ['nought', { scores: { ...SCORES, U5: 0 } }],
    ['five', { scores: { ...SCORES, U5: 5 } }],
    ['a half', { scores: { ...SCORES, U5: 2.5 } }],
    ['a word', { scores: { ...SCORES, U5: '3' } }],
    ['nothing where a number is', { scores: { ...SCORES, U5: null } }],
    ['a comment that is too long', { scores: SCORES, comment: 'x'.repeat(1001) }],
    ['who it was', { scores: SCORES, nik: '9901011405019999' }],
  ])('%s is refused, and the token still holds', async (_, json) => {
    const { token } = await ended();
    const sent = await answer(token, json);
    expect(sent.status).toBe(422);
    expect(sent.text).not.toContain('9901011405019999');
    expect((await answer(token)).status).toBe(201);
  });
});

describe('guessing', () => {
  test('a token with any one character changed is none, unless it is the same number', async () => {
    const { token } = await ended();
    const others = Array.from(
      token,
      (letter, at) => `${token.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`,
    );
    const taken = [];
    for (const other of others) if ((await answer(other)).status !== 404) taken.push(other);
    // The last character of base64 holds bits that mean nothing: it is the same token, and still for once.
    expect(taken.filter((other) => other.slice(0, -1) !== token.slice(0, -1))).toEqual([]);
    expect((await answer(token)).status).toBe(taken.length > 0 ? 409 : 201);
  });

  test('about another service, place or month by the same number is none', async () => {
    const { token } = await ended();
    const about = Buffer.from(token.slice(44), 'base64url').toString();
    for (const other of [
      'POLRES.SKCK|MPP-6112-01|direct|2099-01',
      about.replace('POLRES', 'DUKCAPIL'),
      '',
      'x'.repeat(200),
    ]) {
      const sent = await answer(token.slice(0, 44) + Buffer.from(other).toString('base64url'));
      expect([401, 404]).toContain(sent.status);
    }
  });

  test.each(['summary', 'comments', 'x', '..%2F..%2Fhealth', "' OR 1=1", 'A'.repeat(48), 'A'.repeat(5000)])(
    '%s opens nothing without a key',
    async (token) => {
      expect([401, 404]).toContain((await read(encodeURIComponent(token))).status);
    },
  );
});

test('its time is over three months after the month of the end', async () => {
  const { id, token } = await ended();
  world.clock.skip(40 * 86_400_000);
  expect((await read(token)).status).toBe(200);
  world.clock.skip(100 * 86_400_000);
  const late = await answer(token);
  expect([late.status, late.body['code']]).toEqual([410, 'survey_over']);
  expect((await world.send(`/v1/applications/${id}`)).body['survey']).toBeUndefined();
});

test('what is kept leads back to nobody', async () => {
  const { id, token } = await ended();
  const kept: { row: JsonObject; spent: string }[] = [];
  const { keepSurvey } = world.ledger;
  world.ledger.keepSurvey = (row, spent) => {
    kept.push({ row: row as unknown as JsonObject, spent });
    return keepSurvey(row, spent);
  };
  await answer(token, { scores: SCORES, comment: 'Terima kasih, Contoh Pelamar' });
  const [{ row, spent }] = kept as [(typeof kept)[0]];
  expect(Object.keys(row).toSorted()).toEqual([
    'channel',
    'comment',
    'id',
    'month',
    'scores',
    'service',
    'site',
  ]);
  const { number } = (await world.send(`/v1/applications/${id}`)).body as { number: string };
  const text = JSON.stringify({ ...row, comment: Buffer.from(row['comment'] as never).toString('latin1') });
  for (const trace of [id, number, token, token.slice(0, 22), spent, 'Contoh Pelamar'])
    expect(text).not.toContain(trace);
  expect(spent).not.toContain(token.slice(0, 22));
  expect(world.log.join('\n')).not.toContain(token);
  const events = JSON.stringify([
    await world.ledger.events(id, 0, 100),
    await world.ledger.events('bus', 0, 100),
  ]);
  expect(events).not.toContain(token);
});

describe('the summary', () => {
  test('says nothing of four answers, and the index of five', async () => {
    for (const score of [4, 4, 3, 3]) await answer((await ended()).token, { scores: scores(score) });
    expect(await summary()).toMatchObject({ respondents: 0, index: null, elements: null, cells: [] });
    await answer((await ended()).token, { scores: { ...scores(3), U1: 1 }, comment: 'Syaratnya banyak.' });
    const { respondents, index, elements, cells } = (await summary()) as Record<string, JsonObject[]>;
    // U1: (4+4+3+3+1)/5 = 3; the other eight: (4+4+3+3+3)/5 = 3.4. (3 + 8 × 3.4) / 9 × 25 = 83.89.
    expect([respondents, index]).toEqual([5, 83.89]);
    expect(elements!.map(({ average }) => average)).toEqual([3, ...Array<number>(8).fill(3.4)]);
    expect(cells).toMatchObject([{ service: 'POLRES.SKCK', respondents: 5, index: 83.89 }]);
    const { body } = await world.send('/v1/surveys/comments');
    expect((body['comments'] as JsonObject[]).map(({ comment }) => comment)).toEqual(['Syaratnya banyak.']);
  });

  test('a month with too few is in no sum: it cannot be had as the difference of two', async () => {
    for (let n = 0; n < 5; n += 1) await answer((await ended()).token);
    const before = await summary();
    world.clock.skip(35 * 86_400_000);
    await answer((await ended()).token, { scores: scores(1), comment: 'Saya sendiri.' });
    const after = await summary();
    expect([after['respondents'], after['index'], after['cells']]).toEqual([
      ...[before['respondents'], before['index'], before['cells']],
    ]);
    expect((await world.send('/v1/surveys/comments')).text).not.toContain('Saya sendiri');
  });

  test('is for who has a key, comments for operators', async () => {
    const reader = await world.key(undefined, ['applications:read']);
    const writer = await world.key(undefined, ['applications:submit']);
    const of = async (what: string, key: string | null): Promise<number> =>
      (await world.send(`/v1/surveys/${what}`, { key })).status;
    expect([await of('summary', null), await of('summary', writer), await of('summary', reader)]).toEqual([
      401, 403, 200,
    ]);
    expect([await of('comments', null), await of('comments', reader)]).toEqual([401, 403]);
  });

  test.each(['?from=2026-13', '?from=2026-02&to=2026-01', '?site=MPP-6112-01', '?service=x'])(
    '%s is refused',
    async (query) => {
      expect((await world.send(`/v1/surveys/summary${query}`)).status).toBe(400);
    },
  );
});
