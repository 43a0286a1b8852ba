/** Which addresses a platform may have us call: checked as a URL when named, and as an address when connecting. */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

export interface EgressRules {
  /** For sandbox platforms on one machine: plain http and loopback addresses pass. */
  allowLoopback: boolean;
}

export type CallbackUrlCode =
  | 'callback_url_too_long'
  | 'callback_url_invalid'
  | 'callback_url_scheme'
  | 'callback_url_credentials'
  | 'callback_url_fragment'
  | 'callback_url_host'
  | 'callback_url_address'
  | 'callback_url_port';

const MAX_URL = 2048;
/** Registered ports of databases, brokers, shells and control planes: a platform's receiver has no business there. */
const SERVICE_PORTS = new Set([
  1433, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 6000, 6379,
  6443, 6667, 9042, 9092, 9200, 9300, 10250, 11211, 15672, 26379, 27017,
]);
/** Names that only ever lead inside. */
const INSIDE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/;

/** Why a callback URL is refused, or null. The URL is judged as WHATWG reads it, so no spelling of an address helps. */
export function checkCallbackUrl(text: string, rules: EgressRules): CallbackUrlCode | null {
  if (text.length > MAX_URL) return 'callback_url_too_long';
  // What WHATWG mends silently, other parsers read as another host.
  if (/[\s\\\p{Cc}]/u.test(text)) return 'callback_url_invalid';
  const url = URL.parse(text);
  if (!url) return 'callback_url_invalid';
  const loopback = rules.allowLoopback && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(loopback && url.protocol === 'http:')) return 'callback_url_scheme';
  if (url.username || url.password || text.split(/[/?#]/, 3)[2]?.includes('@'))
    return 'callback_url_credentials';
  if (text.includes('#')) return 'callback_url_fragment';
  return checkHost(url.hostname, loopback) ?? checkPort(url, loopback);
}

function checkHost(hostname: string, loopback: boolean): CallbackUrlCode | null {
  if (loopback) return null;
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address)) return isPublic(address) ? null : 'callback_url_address';
  const named = hostname.includes('.') && !hostname.endsWith('.') && !INSIDE_NAME.test(hostname);
  return named ? null : 'callback_url_host';
}

function checkPort({ protocol, port: given }: URL, loopback: boolean): CallbackUrlCode | null {
  const port = given === '' ? (protocol === 'https:' ? 443 : 80) : Number(given);
  if (port === 443 || (loopback && port === 80)) return null;
  return port >= 1024 && !SERVICE_PORTS.has(port) ? null : 'callback_url_port';
}

/** `localhost`, `127.0.0.0/8` or `::1`, as WHATWG writes them. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

/** IANA special-purpose registries: what is not for the open Internet, multicast and reserved space. */
const CLOSED_V4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Within 2000::/3, the only space in use: protocol space with Teredo, documentation, and 6to4, which hides a v4 address. */
const CLOSED_V6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const closed = new BlockList();
for (const [net, prefix] of CLOSED_V4) closed.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of CLOSED_V6) closed.addSubnet(net, prefix, 'ipv6');
const unicastV6 = new BlockList();
unicastV6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address lies on the open Internet. IPv4 mapped into IPv6, NAT64, unique and link-local ones do not. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  return family === 6 && unicastV6.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

export class AddressRefused extends Error {
  override name = 'AddressRefused';
  readonly code = 'ERR_ADDRESS_REFUSED';
}

type Resolve = (
  hostname: string,
  options: { all: true; family?: number },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A `lookup` that resolves, refuses the name if any address is closed, and hands on the very addresses it checked. */
export function guardedLookup(rules: EgressRules, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, done) => {
    const family = options.family === 4 || options.family === 6 ? { family: options.family } : {};
    resolve(hostname, { all: true, ...family }, (error, addresses) => {
      if (error) return done(error, []);
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => mayConnect(address, rules))) {
        return done(new AddressRefused('The name leads to an address that may not be called'), []);
      }
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

function mayConnect(address: string, { allowLoopback }: EgressRules): boolean {
  return isPublic(address) || (allowLoopback && isLoopback(address));
}

/** The connector of callback agents: literal addresses are checked here, names by `guardedLookup`, at every connect. */
export function guardedConnector(
  rules: EgressRules,
  options: { timeout: number; resolve?: Resolve; ca?: string },
): buildConnector.connector {
  const { timeout, resolve, ca } = options;
  const connect = buildConnector({
    allowH2: false,
    timeout,
    lookup: guardedLookup(rules, resolve),
    ...(ca !== undefined && { ca }),
  });
  return (target, done) => {
    const address = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) && !mayConnect(address, rules)) {
      return done(new AddressRefused('This address may not be called'), null);
    }
    connect(target, done);
  };
}
