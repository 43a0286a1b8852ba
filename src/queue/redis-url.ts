/** Reads JEMBATAN_QUEUE: which Redis is meant, or what is wrong with the address. Passwords are never repeated. */

/** The Redis cannot be used; `message` says what to do. */
export class QueueRefused extends Error {}

export interface RedisNode {
  host: string;
  port: number;
}

export interface RedisSettings {
  kind: 'server' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or nodes by which the cluster is found. */
  nodes: RedisNode[];
  /** What the sentinels call the server. */
  master: string;
  db: number;
  tls: boolean;
  /** Empty when there is none. */
  username: string;
  password: string;
  /** The sentinels' own password. */
  sentinelPassword: string;
}

const FORM = /^redis(s?)(\+sentinel|\+cluster)?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const FORMS =
  'redis://[user:password@]host[:6379][/db], rediss://… with TLS, redis+sentinel://…host:26379,host:26379/master[/db] or redis+cluster://…host:6379,host:6379';

/** Throws QueueRefused. What stands in a user or password as @ : / ? # % is written percent-encoded. */
export function parseRedisUrl(text: string): RedisSettings {
  const parts = FORM.exec(text);
  if (!parts)
    throw refused(`is not the address of a Redis (special characters in a password are written as %40)`);
  const [, tls, form, user, hosts, path = '', query = ''] = parts;
  const kind = form === '+sentinel' ? 'sentinel' : form === '+cluster' ? 'cluster' : 'server';
  const nodes = hosts!.split(',').map((host) => nodeOf(host, kind === 'sentinel' ? 26_379 : 6379));
  if (kind === 'server' && nodes.length > 1)
    throw refused('names several hosts, but neither +sentinel nor +cluster');
  return {
    ...{ kind, nodes, tls: tls === 's' },
    ...namesOf(kind, path.split('/').map(decoded)),
    ...userOf(user),
    sentinelPassword: sentinelPasswordOf(kind, query),
  };
}

function namesOf(kind: RedisSettings['kind'], path: string[]): { master: string; db: number } {
  const master = kind === 'sentinel' ? path.shift()! : '';
  if (kind === 'sentinel' && master === '')
    throw refused('does not say what the sentinels call the server (…/master)');
  const db = path.join('/') || '0';
  if (!/^\d{1,5}$/.test(db)) throw refused('has a database that is not a number');
  if (kind === 'cluster' && db !== '0') throw refused('names a database, but a cluster has only one');
  return { master, db: Number(db) };
}

function userOf(text: string | undefined): { username: string; password: string } {
  if (text === undefined) return { username: '', password: '' };
  const colon = text.indexOf(':');
  if (colon < 0) throw refused('has a user without a password (a password alone is written :password@)');
  return { username: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) };
}

function sentinelPasswordOf(kind: RedisSettings['kind'], query: string): string {
  if (query === '') return '';
  const [name, value] = query.split('=');
  if (kind !== 'sentinel' || name !== 'sentinelPassword' || value === undefined || query.includes('&')) {
    throw refused('has settings after the ? that are not known (only ?sentinelPassword=… is, of sentinels)');
  }
  return decoded(value);
}

function nodeOf(text: string, defaultPort: number): RedisNode {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535) throw refused('has a host that cannot be read');
  return { host, port: number };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('has a % that stands for no character (write %25)');
  }
}

const refused = (why: string): QueueRefused => new QueueRefused(`JEMBATAN_QUEUE ${why}. Write ${FORMS}`);

/** The address as it may be shown: without user and passwords. */
export function shownAddress({ kind, nodes, master, db, tls }: RedisSettings): string {
  const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const names = [master, db === 0 ? '' : String(db)].filter(Boolean).map((name) => `/${name}`);
  return `redis${tls ? 's' : ''}${kind === 'server' ? '' : `+${kind}`}://${hosts}${names.join('')}`;
}
