/** The SSRF table: no spelling of a private address, no odd URL, no name that turns inside at connect time. */
import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { checkCallbackUrl, guardedConnector, guardedLookup, isPublic } from '../../src/outbound/egress.ts';

const strict = { allowLoopback: false };
const sandbox = { allowLoopback: true };

test.each([
  'https://mpp.example.go.id/callback',
  'https://mpp.example.go.id:8443/a?b=c',
  'https://mpp.example.go.id:9443/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
])('%s passes', (url) => expect(checkCallbackUrl(url, strict)).toBeNull());

test.each([
  ['https://127.0.0.1/', 'address'],
  ['https://127.1/', 'address'],
  ['https://2130706433/', 'address'],
  ['https://0x7f.1/', 'address'],
  ['https://0177.0.0.1/', 'address'],
  ['https://①②⑦.⓪.⓪.①/', 'address'],
  ['https://0/', 'address'],
  ['https://10.0.0.1/', 'address'],
  ['https://100.64.0.1/', 'address'],
  ['https://169.254.169.254/latest/meta-data', 'address'],
  ['https://172.31.255.255/', 'address'],
  ['https://192.168.1.1/', 'address'],
  ['https://[::1]/', 'address'],
  ['https://[::]/', 'address'],
  ['https://[::ffff:127.0.0.1]/', 'address'],
  ['https://[::ffff:a9fe:a9fe]/', 'address'],
  ['https://[::7f00:1]/', 'address'],
  ['https://[64:ff9b::a9fe:a9fe]/', 'address'],
  ['https://[2002:a9fe:a9fe::]/', 'address'],
  ['https://[fd00::1]/', 'address'],
  ['https://[fe80::1]/', 'address'],
  ['https://127.0.0.1./', 'address'],
  ['https://localhost/', 'host'],
  ['https://LOCALHOST/', 'host'],
  ['https://a.localhost/', 'host'],
  ['https://printer.local/', 'host'],
  ['https://intranet/', 'host'],
  ['https://metadata.google.internal/', 'host'],
  ['https://mpp.example.go.id./', 'host'],
  ['http://mpp.example.go.id/', 'scheme'],
  ['http://127.0.0.1/', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['gopher://example.org/', 'scheme'],
  ['unix:/run/x.sock', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['https://user:pass@example.org/', 'credentials'],
  ['https://@example.org/', 'credentials'],
  ['https://example.org\\@evil.example/', 'invalid'],
  ['https://example.org/#@evil.example/', 'fragment'],
  ['https://example.org/#', 'fragment'],
  ['https://example.org:22/', 'port'],
  ['https://example.org:80/', 'port'],
  ['https://example.org:6379/', 'port'],
  ['https://exam ple.org/', 'invalid'],
  ['https://example.org/\u0000', 'invalid'],
  [' https://example.org/', 'invalid'],
  ['https://', 'invalid'],
  ['', 'invalid'],
  [`https://example.org/${'a'.repeat(4096)}`, 'too_long'],
])('%s is refused: %s', (url, code) => expect(checkCallbackUrl(url, strict)).toBe(`callback_url_${code}`));

test('loopback passes for sandboxes only, and other private addresses never do', () => {
  for (const url of [
    'http://127.0.0.1:8090/cb',
    'http://localhost:8090/',
    'http://[::1]:8090/',
    'https://127.0.0.1:8443/',
  ]) {
    expect(checkCallbackUrl(url, sandbox)).toBeNull();
    expect(checkCallbackUrl(url, strict)).not.toBeNull();
  }
  for (const url of [
    'http://10.0.0.1:8090/',
    'https://169.254.169.254/',
    'http://example.org/',
    'http://127.0.0.1:6379/',
  ]) {
    expect(checkCallbackUrl(url, sandbox)).not.toBeNull();
  }
});

test('closed ranges are closed up to their edges', () => {
  const edges = [
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '11.0.0.0',
    '223.255.255.255',
  ];
  for (const address of edges) expect(isPublic(address)).toBe(true);
  for (const address of ['224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1', 'nonsense', '1.2.3.4.5']) {
    expect(isPublic(address)).toBe(false);
  }
});

function resolver(...answers: string[][]) {
  let turn = 0;
  return (_: string, __: unknown, done: (error: null, addresses: LookupAddress[]) => void) => {
    const addresses = answers[Math.min(turn++, answers.length - 1)]!;
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

function look(resolve: ReturnType<typeof resolver>, rules = strict): Promise<unknown> {
  return new Promise((done) => {
    guardedLookup(rules, resolve)('name.example', { all: true }, (error, found) =>
      done(error ? (error as { code?: string }).code : found),
    );
  });
}

test('a name is refused when it, or any of its addresses, leads inside', async () => {
  expect(await look(resolver(['93.184.216.34']))).toEqual([{ address: '93.184.216.34', family: 4 }]);
  for (const inside of [['127.0.0.1'], ['93.184.216.34', '10.0.0.5'], ['::ffff:10.0.0.5'], ['fd00::1'], []]) {
    expect(await look(resolver(inside))).toBe('ERR_ADDRESS_REFUSED');
  }
  expect(await look(resolver(['127.0.0.1']), sandbox)).toEqual([{ address: '127.0.0.1', family: 4 }]);
});

test('a name that answers differently the second time is judged the second time', async () => {
  const rebinding = resolver(['93.184.216.34'], ['169.254.169.254']);
  expect(await look(rebinding)).toHaveLength(1);
  expect(await look(rebinding)).toBe('ERR_ADDRESS_REFUSED');
});

test('a literal address is checked at connect too, where no lookup happens', async () => {
  const connect = guardedConnector(strict, { timeout: 1_000 });
  for (const hostname of ['127.0.0.1', '[::1]', '169.254.169.254']) {
    const error = await new Promise((done) => {
      connect({ hostname, protocol: 'http:', port: '80' }, (...[failure]) => done(failure));
    });
    expect(error).toMatchObject({ code: 'ERR_ADDRESS_REFUSED' });
  }
});
