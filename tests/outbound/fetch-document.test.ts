/** Documents by URL: listed hosts only, known by their bytes, never too many of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../src/flow/ports/caller.ts';
import { agencyAt, callerWith, standIn, type StandIn } from './stand-in.ts';

const PDF = Buffer.from('%PDF-1.7 contoh');
let own: StandIn;
let other: StandIn;
let caller: Caller;
beforeEach(async () => {
  const answer: Parameters<typeof standIn>[0] = (seen, response) => {
    if (seen.url === '/moved') return void response.writeHead(302, { location: '/good' }).end();
    if (seen.url === '/gone') return void response.writeHead(404).end();
    if (seen.url === '/html') return void response.end('<html>');
    if (seen.url === '/big') return void response.end(Buffer.alloc(10 * 1024 * 1024 + 1));
    response.end(PDF);
  };
  [own, other] = [await standIn(answer), await standIn(answer)];
  caller = callerWith();
});
afterEach(async () => {
  await caller.close();
  await Promise.all([own.close(), other.close()]);
});

const fetchFrom = (url: string, hosts: string[] = []) =>
  caller.fetchDocument({ agency: agencyAt(own.url, {}, hosts), url, deadline: Date.now() + 5_000 });

test('a document comes from the own host, or from a listed one, without our sign-in', async () => {
  expect(await fetchFrom(`${own.url}/good?sig=1`)).toMatchObject({
    is: 'document',
    type: 'application/pdf',
    bytes: PDF,
  });
  expect(await fetchFrom(`${other.url}/good`, [`127.0.0.1:${other.port}`])).toMatchObject({ is: 'document' });
  expect(other.seen[0]!.headers).not.toHaveProperty('authorization');
});

test('no other host is asked', async () => {
  const urls = [
    `${other.url}/good`,
    'http://example.org/a',
    'file:///etc/passwd',
    'nonsense',
    '//x',
    `http://u:p@127.0.0.1:${own.port}/`,
  ];
  for (const url of urls)
    expect(await fetchFrom(url)).toEqual({ is: 'failed', code: 'document_host_not_listed' });
  expect(await fetchFrom('http://example.org:80/a', ['example.org:80'])).toEqual({
    is: 'failed',
    code: 'document_host_not_listed',
  });
  expect([own.seen.length, other.seen.length]).toEqual([0, 0]);
});

test.each([
  ['/moved', 'document_redirect'],
  ['/gone', 'document_unavailable'],
  ['/html', 'document_type'],
  ['/big', 'document_too_large'],
])('%s: %s', async (path, code) => {
  expect(await fetchFrom(own.url + path)).toEqual({ is: 'failed', code });
});
