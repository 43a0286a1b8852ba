/** The only file that knows the environment's names: reads every JEMBATAN_* variable, or says all that is wrong. */
import { join } from 'node:path';
import { ConfigError, nearest, type Finding } from './finding.ts';

export interface Env {
  host: string;
  port: number;
  /** Folder of the ledger, keys and secrets. */
  dataDir: string;
  configDir: string;
  /** `sqlite:PATH`. */
  ledger: string;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** The public base URL, without a slash at its end. */
  url: string;
}

/** What the embedded edition is; the others are refused until they are there. */
const QUEUES = ['memory'] as const;
const ROLES = ['all'] as const;
const LATER = 'comes with the distributed edition';
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const PREFIX = 'JEMBATAN_';
const SETTINGS = ['PORT', 'HOST', 'DATA', 'CONFIG', 'LEDGER', 'QUEUE', 'ROLE', 'LOG', 'URL', 'KEY'];
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
  const ledger = read('JEMBATAN_LEDGER', sqlite, /^sqlite:./, `sqlite:PATH (PostgreSQL ${LATER})`);
  oneOf(env, 'JEMBATAN_QUEUE', QUEUES, 'memory', (name) => refuse(name, `memory (Redis ${LATER})`));
  oneOf(env, 'JEMBATAN_ROLE', ROLES, 'all', (name) => refuse(name, `all (api and worker: ${LATER})`));
  const logLevel = oneOf(env, 'JEMBATAN_LOG', LEVELS, 'info', refuse);
  const url = (env['JEMBATAN_URL'] ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`).replace(
    /\/+$/,
    '',
  );
  if (!isBaseUrl(url)) refuse('JEMBATAN_URL', BASE_URL);
  if (findings.length > 0) throw new ConfigError(findings);
  return { host, port, dataDir, configDir, ledger, logLevel, url };
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
