/** The only file that knows the environment's names: reads every JEMBATAN_* variable, or says all that is wrong. */
import { join } from 'node:path';
import { parseDuration } from '../domain/duration.ts';
import { ConfigError, nearest, type Finding } from './finding.ts';

export interface Env {
  host: string;
  port: number;
  /** Folder of the ledger, keys and secrets. */
  dataDir: string;
  configDir: string;
  /** `sqlite:PATH`, or `postgres://…` with its password. */
  ledger: string;
  /** `memory`, or the address of a Redis with its password. */
  queue: string;
  role: Role;
  /** Agencies' ids (and `callbacks`) that this process answers; a `*` stands for any ending. Null: all. */
  lanes: string[] | null;
  /** How long it goes on answering after SIGTERM, not ready, so that proxies notice first. Milliseconds. */
  drainMs: number;
  /** How long work under way may take after that. Milliseconds. */
  graceMs: number;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** The public base URL, without a slash at its end. */
  url: string;
}

/** `api` takes requests in, `worker` answers lanes, `all` does both. */
export type Role = 'all' | 'api' | 'worker';
const ROLES: readonly Role[] = ['all', 'api', 'worker'];
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const PREFIX = 'JEMBATAN_';
const SETTINGS = [
  ...[
    'PORT',
    'HOST',
    'DATA',
    'CONFIG',
    'LEDGER',
    'QUEUE',
    'ROLE',
    'LANES',
    'DRAIN',
    'GRACE',
    'LOG',
    'URL',
    'KEY',
  ],
];
const NAMES = SETTINGS.map((name) => PREFIX + name);
/** What `secret://env/JEMBATAN_SECRET_…` reads is not a setting. */
const SECRET_PREFIX = 'JEMBATAN_SECRET_';

/** Variables by name, as the process was given them. */
export type Source = Record<string, string | undefined>;

/** The environment itself, for the one place that hands it on. */
export const environment = (): Source => process.env;

/** Throws a ConfigError with every finding at once; values are never repeated, for they may be secret. */
export function readEnv(env: Source): Env {
  const findings = unknownNames(env);
  const refuse = (name: string, allowed: string): void => {
    const message = `${name} has a value that is not allowed`;
    findings.push(finding('env_value', name, message, `Allowed: ${allowed}`));
  };
  const read = (name: string, otherwise: string, form: RegExp, allowed: string): string => {
    const value = env[name] ?? otherwise;
    if (!form.test(value)) refuse(name, allowed);
    return value;
  };
  const host = read(
    'JEMBATAN_HOST',
    '127.0.0.1',
    /^[A-Za-z0-9.:-]{1,253}$/,
    'an address such as 127.0.0.1 or 0.0.0.0',
  );
  const port = Number(read('JEMBATAN_PORT', '8080', /^\d{1,5}$/, 'a whole number from 0 to 65535'));
  if (port > 65_535) refuse('JEMBATAN_PORT', 'a whole number from 0 to 65535');
  const dataDir = read('JEMBATAN_DATA', './data', PATH, 'the path of a folder');
  const configDir = read('JEMBATAN_CONFIG', './config', PATH, 'the path of a folder');
  const sqlite = `sqlite:${join(dataDir, 'ledger.db')}`;
  const ledger = read(
    'JEMBATAN_LEDGER',
    sqlite,
    LEDGER,
    'sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
  );
  const queue = read('JEMBATAN_QUEUE', 'memory', QUEUE, 'memory, or redis://HOST:6379 and its like');
  const role = oneOf(env, 'JEMBATAN_ROLE', ROLES, 'all', refuse);
  if (ledger.startsWith('sqlite:') && queue.startsWith('redis')) refuse('JEMBATAN_QUEUE', ONE_PROCESS);
  if (ledger.startsWith('sqlite:') && role !== 'all') refuse('JEMBATAN_ROLE', ONE_PROCESS);
  const lanes = env['JEMBATAN_LANES'] === undefined ? null : env['JEMBATAN_LANES'].split(',');
  if (lanes?.some((lane) => !LANE.test(lane)))
    refuse('JEMBATAN_LANES', 'agency ids, such as bank-*,callbacks');
  // One process answers then: who would answer the others?
  if (lanes && queue === 'memory') refuse('JEMBATAN_LANES', 'none while JEMBATAN_QUEUE is memory');
  const drainMs = span(env, 'JEMBATAN_DRAIN', '0s', refuse);
  const graceMs = span(env, 'JEMBATAN_GRACE', '60s', refuse);
  const logLevel = oneOf(env, 'JEMBATAN_LOG', LEVELS, 'info', refuse);
  const url = (env['JEMBATAN_URL'] ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`).replace(
    /\/+$/,
    '',
  );
  if (!isBaseUrl(url)) refuse('JEMBATAN_URL', BASE_URL);
  if (findings.length > 0) throw new ConfigError(findings);
  return { host, port, dataDir, configDir, ledger, queue, role, lanes, drainMs, graceMs, logLevel, url };
}

/** What a command needs that talks to a running bus; the bus's own settings are not asked for. */
export interface ClientEnv {
  /** Without a slash at its end. */
  url: string;
  key: string | undefined;
}

/** Throws a ConfigError with every finding at once, as `readEnv` does. */
export function readClientEnv(env: Source): ClientEnv {
  const findings = unknownNames(env);
  const refuse = (name: string, allowed: string): void => {
    const message = `${name} has a value that is not allowed`;
    findings.push(finding('env_value', name, message, `Allowed: ${allowed}`));
  };
  const port = /^\d{1,5}$/.test(env['JEMBATAN_PORT'] ?? '') ? env['JEMBATAN_PORT'] : '8080';
  const url = (env['JEMBATAN_URL'] ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '');
  const key = env['JEMBATAN_KEY'];
  if (!isBaseUrl(url)) refuse('JEMBATAN_URL', BASE_URL);
  if (key !== undefined && !KEY.test(key)) refuse('JEMBATAN_KEY', 'a key as jembatan key create prints it');
  if (findings.length > 0) throw new ConfigError(findings);
  return { url, key };
}

/** Whether a failure is to be shown with the place in the code where it happened. */
export function wantsStacks(env: Source): boolean {
  return env['JEMBATAN_LOG'] === 'debug' || env['JEMBATAN_LOG'] === 'trace';
}

const LEDGER = /^(sqlite:.|postgres(ql)?:\/\/[^\s/])/;
const QUEUE = /^(memory$|rediss?(\+\w+)?:\/\/[^\s/])/;
const ONE_PROCESS = 'what an SQLite ledger carries: one process, JEMBATAN_QUEUE=memory and JEMBATAN_ROLE=all';
const LANE = /^[A-Za-z0-9.-]{0,99}(\*|[A-Za-z0-9])$/;

const BASE_URL = 'an http(s) URL without query, such as https://bus.example.go.id';
/** Only what may stand in a header; whether it is a key the bus knows, the bus says. */
const KEY = /^[\u0021-\u007e]{1,200}$/;

// oxlint-disable-next-line no-control-regex -- a control character in a path is a slip of the hand
const PATH = /^[^\u0000-\u001f]{1,1000}$/;

function oneOf<T extends string>(
  env: Source,
  name: string,
  allowed: readonly T[],
  otherwise: T,
  refuse: (name: string, allowed: string) => void,
): T {
  const value = env[name] ?? otherwise;
  const found = allowed.find((one) => one === value);
  if (found === undefined) refuse(name, allowed.join(', '));
  return found ?? otherwise;
}

/** Milliseconds of `10s`; `0s` for none. */
function span(
  env: Source,
  name: string,
  otherwise: string,
  refuse: (name: string, allowed: string) => void,
): number {
  const text = env[name] ?? otherwise;
  if (text === '0s') return 0;
  try {
    return parseDuration(text);
  } catch {
    refuse(name, 'a span of time such as 10s or 2m');
    return 0;
  }
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  );
}

function unknownNames(env: Source): Finding[] {
  const isUnknown = (name: string): boolean =>
    name.startsWith(PREFIX) && !name.startsWith(SECRET_PREFIX) && !NAMES.includes(name);
  return Object.keys(env)
    .filter(isUnknown)
    .map((name) => {
      // What all have in common says nothing about which is meant.
      const near = nearest(name.slice(PREFIX.length), SETTINGS);
      const fix = near === undefined ? `Known: ${NAMES.join(', ')}` : `Write ${PREFIX}${near}`;
      return finding('env_unknown', name, `${name} is not known`, fix);
    });
}

function finding(code: string, name: string, message: string, fix: string): Finding {
  return { code, file: 'environment', line: 0, pointer: `/${name}`, message, fix };
}

/** Runs a function with the process in another time zone: Node reads TZ anew whenever it is set. */
export function inZone<T>(zone: string, run: () => T): T {
  const own = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    return run();
  } finally {
    if (own === undefined) delete process.env['TZ'];
    else process.env['TZ'] = own;
  }
}
