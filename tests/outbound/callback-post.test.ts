/** Callbacks to platforms: signed so that the reference library agrees, sent once, and only where they may go. */
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { CallbackPost, CallbackPosted } from '../../src/flow/ports/callback-poster.ts';
import { makeCallbackPoster, type PosterParts } from '../../src/outbound/callback-post.ts';
import { deadPort, standIn, type Answer } from './stand-in.ts';

const SECRETS = ['baru', 'lama'].map((name) => `whsec_${Buffer.from(name.repeat(8)).toString('base64')}`);
const body = JSON.stringify({ specversion: '1.0', data: { state: 'accepted', title: 'Diterima ✓' } });

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(answer: Answer) {
  const server = await standIn(answer);
  open.push(server);
  return server;
}

function post(
  url: string,
  over: Partial<CallbackPost> = {},
  parts: Partial<PosterParts> = {},
): Promise<CallbackPosted> {
  const poster = makeCallbackPoster({ clock: systemClock, allowLoopback: true, ...parts });
  open.push(poster);
  return poster.post({
    url,
    id: 'evt_1',
    secrets: SECRETS,
    body,
    timestamp: Date.now(),
    loopback: true,
    ...over,
  });
}

test('either secret verifies it by the reference library, and nothing else does', async () => {
  const server = await serve((_, response) => void response.writeHead(204).end());
  expect(await post(`${server.url}/cb?x=1`)).toEqual({ status: 204 });
  const { headers, body: sent, url } = server.seen[0]!;
  expect([url, headers['content-type'], headers['webhook-id']]).toEqual([
    '/cb?x=1',
    'application/cloudevents+json; charset=utf-8',
    'evt_1',
  ]);
  for (const secret of SECRETS) {
    expect(new Webhook(secret).verify(sent, headers as Record<string, string>)).toEqual(JSON.parse(body));
  }
  expect(() =>
    new Webhook(SECRETS[0]!).verify(sent.toString() + ' ', headers as Record<string, string>),
  ).toThrow();
  expect(() =>
    new Webhook(Buffer.from('other').toString('base64')).verify(sent, headers as Record<string, string>),
  ).toThrow();
});

test('status and Retry-After come back, whatever the body weighs', async () => {
  const server = await serve((_, response) => {
    response.writeHead(503, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() });
    response.end('x'.repeat(1_000_000));
  });
  const got = await post(server.url);
  expect(got).toMatchObject({ status: 503 });
  expect('status' in got && got.retryAfterSeconds).toBeGreaterThan(80);
});

test('a redirect is a failure and is not followed', async () => {
  const server = await serve((_, response) => void response.writeHead(307, { location: '/other' }).end());
  expect(await post(server.url)).toEqual({ failed: 'callback_redirect' });
  expect(server.seen).toHaveLength(1);
});

test('an endpoint that hangs, cuts or is not there', async () => {
  const hangs = await serve(() => {});
  expect(await post(hangs.url, {}, { timeoutMs: 100 })).toEqual({ failed: 'callback_timeout' });
  const cuts = await serve((_, response) => void response.destroy());
  expect(await post(cuts.url)).toEqual({ failed: 'callback_broken' });
  expect(await post(`http://127.0.0.1:${await deadPort()}/`)).toEqual({ failed: 'callback_unreachable' });
});

test('a URL is checked again at every post, and its name at every connect', async () => {
  const server = await serve((_, response) => void response.end());
  expect(await post(server.url, {}, { allowLoopback: false })).toEqual({ failed: 'callback_url' });
  const resolve: NonNullable<PosterParts['resolve']> = (_, __, done) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const inside = await post(`https://mpp.example.org:${server.port}/`, {}, { allowLoopback: false, resolve });
  expect(inside).toEqual({ failed: 'callback_address' });
  expect(server.seen).toHaveLength(0);
});

test.each([[[]], [['']], [['whsec_%%%']]])('secrets %j are no secrets', async (secrets) => {
  expect(await post('http://127.0.0.1:9999/', { secrets })).toEqual({ failed: 'callback_secret' });
});
