/** Puts secrets in the place of their references, from files in the data folder or from the environment. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agency } from '../domain/catalogue.ts';
import type { JsonObject, JsonValue } from '../domain/outcome.ts';
import { ConfigError, escapeSegment, type Finding } from './finding.ts';

/** `secret://file/NAME` or `secret://env/NAME`; a name is letters, digits, `.`, `_` and `-`, never a path. */
export const SECRET_REFERENCE = /^secret:\/\/(file|env)\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

export interface SecretSource {
  dataDir: string;
  env: Record<string, string | undefined>;
}

const MAX_BYTES = 65_536;
/** Anybody but the owner. */
const OTHERS = 0o077;

/**
 * The settings with every reference replaced, and the secrets themselves for masking.
 * Throws a ConfigError that says which file or variable to make, for all of them at once.
 */
export async function resolveSecrets(
  settings: JsonObject,
  source: SecretSource,
): Promise<{ settings: JsonObject; secrets: string[] }> {
  const secrets: string[] = [];
  const findings: Finding[] = [];
  const resolve = async (value: JsonValue, pointer: string): Promise<JsonValue> => {
    if (typeof value === 'string' && value.startsWith('secret://')) {
      const found = await readSecret(value, source);
      if (typeof found === 'string') secrets.push(found);
      else findings.push({ ...found, line: 0, pointer });
      return typeof found === 'string' ? found : null;
    }
    if (Array.isArray(value))
      return Promise.all(value.map((item, place) => resolve(item, `${pointer}/${place}`)));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(async ([key, inner]) => {
      return [key, await resolve(inner, `${pointer}/${escapeSegment(key)}`)] as const;
    });
    return Object.fromEntries(await Promise.all(fields));
  };
  const resolved = (await resolve(settings, '')) as JsonObject;
  // Files are read side by side, so findings come in any order.
  findings.sort((a, b) => a.pointer.localeCompare(b.pointer));
  if (findings.length > 0) throw new ConfigError(findings);
  return { settings: resolved, secrets };
}

/** An agency entry with the secrets of its settings and of its gateway. Throws as `resolveSecrets` does. */
export async function resolveAgency(
  agency: Agency,
  source: SecretSource,
): Promise<{ agency: Agency; secrets: string[] }> {
  const { settings, gateway } = agency;
  const apart = { settings, ...(gateway && { gateway: { ...gateway } }) };
  const { settings: resolved, secrets } = await resolveSecrets(apart, source);
  return { agency: { ...agency, ...(resolved as unknown as Pick<Agency, 'settings' | 'gateway'>) }, secrets };
}

type Problem = Pick<Finding, 'code' | 'file' | 'message' | 'fix'>;

async function readSecret(reference: string, source: SecretSource): Promise<string | Problem> {
  const [, kind, name] = SECRET_REFERENCE.exec(reference) ?? [];
  if (kind === undefined || name === undefined) {
    const message = 'The secret reference has a wrong form';
    return {
      code: 'secret_name',
      file: 'secrets',
      message,
      fix: 'Write secret://file/NAME or secret://env/NAME',
    };
  }
  if (kind === 'file') return readSecretFile(name, source.dataDir);
  const value = Object.hasOwn(source.env, name) ? source.env[name] : undefined;
  if (value) return value;
  const fix = `Set the variable ${name}`;
  return { code: 'secret_missing', file: 'environment', message: `The secret ${name} is not set`, fix };
}

async function readSecretFile(name: string, dataDir: string): Promise<string | Problem> {
  const path = join(dataDir, 'secrets', name);
  const problem = (code: string, message: string, fix: string): Problem => {
    return { code, file: path, message, fix };
  };
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > MAX_BYTES) {
        return problem('secret_file', `It is no plain file of at most ${MAX_BYTES} bytes`, 'Replace it');
      }
      if ((stat.mode & OTHERS) !== 0) {
        return problem('secret_mode', 'It can be read by others', `Run: chmod 600 ${path}`);
      }
      const secret = (await handle.readFile('utf8')).replace(/\r?\n$/, '');
      return secret || problem('secret_empty', 'It is empty', 'Write the secret into it');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      return problem('secret_file', `It cannot be read (${code})`, 'Make it a plain file');
    return problem('secret_missing', 'There is no such file', `Make it, with the secret in it and mode 0600`);
  }
}
