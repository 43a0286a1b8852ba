/** Sign-in by token: one fetch for many, renewed early, dropped on 401, never kept when it failed. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SignIn } from '../../src/adapter-kit/contract.ts';
import { systemClock } from '../../src/clock.ts';
import type { Caller } from '../../src/flow/ports/caller.ts';
import {
  adapterWith,
  agencyAt,
  callerWith,
  exchangeAt,
  json,
  standIn,
  type Answer,
  type StandIn,
} from './stand-in.ts';

let server: StandIn;
let caller: Caller;
let now: number;
let answerToken: Answer;
let answerAsk: Answer;
let issued: number;

const signIn: SignIn = {
  open: {
    request: ({ settings, tools }) => ({
      method: 'POST',
      path: '/token',
      headers: { authorization: `Basic ${tools.base64(`contoh:${settings['secret'] as string}`)}` },
    }),
    reply: (wire, { tools }) => {
      const status = tools.byStatus(wire);
      if (status) return status;
      const { token, expires } = wire.body as { token: string; expires: number };
      return { token, expiresInSeconds: expires };
    },
  },
  sign: (_, { token }) => ({ authorization: `Bearer ${token}` }),
};
const adapter = adapterWith(signIn);
const fetched = (): number => server.seen.filter(({ url }) => url === '/token').length;
const used = (): unknown[] =>
  server.seen.filter(({ url }) => url !== '/token').map(({ headers }) => headers.authorization);

beforeEach(async () => {
  issued = 0;
  now = Date.now();
  answerToken = (_, response) => json(response, { token: `token-number-${++issued}`, expires: 900 });
  answerAsk = (seen, response) => json(response, { echo: seen.headers.authorization });
  server = await standIn((seen, response, request) =>
    (seen.url === '/token' ? answerToken : answerAsk)(seen, response, request),
  );
  caller = callerWith({ ...systemClock, now: () => now });
});
afterEach(async () => {
  await caller.close();
  await server.close();
});

test('many exchanges at once ask for one token, and it shows in no excerpt', async () => {
  const agency = agencyAt(server.url);
  const got = await Promise.all(Array.from({ length: 20 }, () => exchangeAt(caller, agency, { adapter })));
  expect(got.every(({ is }) => is === 'reply')).toBe(true);
  expect(fetched()).toBe(1);
  expect(new Set(used())).toEqual(new Set(['Bearer token-number-1']));
  expect(JSON.stringify(got.map((one) => one.is === 'reply' && one.got))).not.toContain('token-number');
});

test('a token is renewed thirty seconds before its end', async () => {
  const agency = agencyAt(server.url);
  await exchangeAt(caller, agency, { adapter });
  now += 869_000;
  await exchangeAt(caller, agency, { adapter, deadline: now + 5_000 });
  expect(fetched()).toBe(1);
  now += 2_000;
  await exchangeAt(caller, agency, { adapter, deadline: now + 5_000 });
  expect(used().at(-1)).toBe('Bearer token-number-2');
});

test('401 drops the token; the next exchange brings a new one', async () => {
  const agency = agencyAt(server.url);
  answerAsk = (_, response) => json(response, {}, 401);
  expect(await exchangeAt(caller, agency, { adapter })).toMatchObject({ is: 'reply', wire: { status: 401 } });
  answerAsk = (_, response) => json(response, {});
  await exchangeAt(caller, agency, { adapter });
  expect(used()).toEqual(['Bearer token-number-1', 'Bearer token-number-2']);
});

test('dropToken and a changed entry both bring a new token', async () => {
  const agency = agencyAt(server.url);
  await exchangeAt(caller, agency, { adapter });
  caller.dropToken(agency.id);
  await exchangeAt(caller, agency, { adapter });
  await exchangeAt(caller, { ...agency }, { adapter });
  expect(fetched()).toBe(3);
});

test.each([
  [401, { is: 'away', code: 'AUTH_FAILED' }],
  [429, { is: 'retry', code: 'RATE_LIMITED' }],
  [500, { is: 'retry', code: 'HTTP_500' }],
])('sign-in answered %i: the operation is not sent, the failure not kept', async (status, outcome) => {
  const agency = agencyAt(server.url);
  const good = answerToken;
  answerToken = (_, response) => json(response, {}, status);
  expect(await exchangeAt(caller, agency, { adapter })).toEqual({ is: 'signIn', outcome });
  expect(used()).toEqual([]);
  answerToken = good;
  expect(await exchangeAt(caller, agency, { adapter })).toMatchObject({ is: 'reply' });
});

const redirect: Answer = (_, response) => void response.writeHead(302, { location: '/x' }).end();
test.each<[string, Answer, string]>([
  ['HTML', (_, response) => json(response, '<html>'), 'sign_in_bad_reply'],
  ['a redirect', redirect, 'sign_in_bad_reply'],
  ['a cut', (_, response) => void response.destroy(), 'sign_in_lost'],
])('sign-in answered with %s: surely not sent', async (_, answer, code) => {
  answerToken = answer;
  expect(await exchangeAt(caller, agencyAt(server.url), { adapter })).toEqual({ is: 'notSent', code });
});

test('a reply without a token breaks nothing', async () => {
  answerToken = (_, response) => json(response, 'null');
  const got = await exchangeAt(caller, agencyAt(server.url), { adapter });
  expect(got).toEqual({ is: 'signIn', outcome: { is: 'away', code: 'SIGN_IN_BROKEN' } });
});

test('sign-in and exchange share one deadline', async () => {
  answerToken = () => {};
  const got = await exchangeAt(caller, agencyAt(server.url), { adapter, deadline: now + 100 });
  expect(got).toMatchObject({ is: 'notSent' });
  expect(used()).toEqual([]);
});

test('an agency whose settings want no token is signed for without one, and asked again for none', async () => {
  const asked: (string | undefined)[] = [];
  const none = adapterWith({
    open: { request: () => null, reply: () => ({ is: 'away', code: 'NEVER' }) },
    sign(_, { token }) {
      asked.push(token);
      return {};
    },
  });
  const agency = agencyAt(server.url);
  answerAsk = (_, response) => json(response, {}, 401);
  for (let n = 0; n < 2; n += 1) {
    expect(await exchangeAt(caller, agency, { adapter: none })).toMatchObject({ is: 'reply' });
  }
  expect(asked).toEqual([undefined, undefined]);
  expect(fetched()).toBe(0);
});
