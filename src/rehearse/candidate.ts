/** The configuration as it would be with a file in the place of what it describes: checked as a whole, before it is put there. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Adapter } from '../adapter-kit/contract.ts';
import { checkConfig } from '../config/check.ts';
import { ConfigError, type Finding } from '../config/finding.ts';
import { readYaml, type YamlFile } from '../config/yaml-file.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';

export interface Candidate {
  catalogue: Catalogue;
  /** The service that the file is about; null for agencies and the like. */
  service: string | null;
}

const CODE = /^[A-Z][A-Z0-9]{1,15}\.[A-Z0-9][A-Z0-9-]{0,46}$/;

export const isServiceCode = (text: string): boolean => CODE.test(text);

/** Of a service's code the configuration as it is; of a file, with that file in its place. @throws ConfigError */
export async function openCandidate(
  configDir: string,
  target: string,
  adapters: readonly Adapter[],
): Promise<Candidate> {
  if (isServiceCode(target)) return { ...(await checked(configDir, adapters)), service: target };
  const file = await readCandidate(target);
  const { folder, field } = file;
  const service = field === null ? null : String((file.value as JsonObject)[field]);
  const inside = relative(resolve(configDir), resolve(target));
  if (!inside.startsWith('..')) return { ...(await checked(configDir, adapters)), service };
  const copy = await mkdtemp(join(tmpdir(), 'jembatan-candidate-'));
  try {
    await cp(configDir, copy, { recursive: true });
    if (field !== null) await takeAway(join(copy, folder), field, service!);
    const place = join(folder, field === null ? 'agencies.yaml' : basename(target));
    await writeFile(join(copy, place), file.text);
    return { ...(await checked(copy, adapters, { place, target })), service };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** A file and what it is. @throws ConfigError */
export async function readCandidate(path: string): Promise<YamlFile & ReturnType<typeof placeOf>> {
  const { file, findings } = await readYaml(dirname(path), basename(path));
  if (!file || findings.length > 0) throw new ConfigError(findings.map((one) => ({ ...one, file: path })));
  return { ...file, ...placeOf(file) };
}

/** Where a file of its kind belongs, and the field by which it is known. */
function placeOf({ value, file }: Pick<YamlFile, 'value' | 'file'>): {
  kind: 'route' | 'service' | 'agencies';
  folder: string;
  field: 'service' | 'code' | null;
} {
  const has = (name: string): boolean =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  if (has('steps')) return { kind: 'route', folder: 'routes', field: 'service' };
  if (has('code') && has('form')) return { kind: 'service', folder: 'services', field: 'code' };
  const first = typeof value === 'object' && value !== null ? Object.values(value)[0] : undefined;
  if (typeof first === 'object' && first !== null && Object.hasOwn(first, 'adapter'))
    return { kind: 'agencies', folder: '.', field: null };
  const message = 'It is neither a route, nor a service, nor a list of agencies';
  const fix = 'Give a file as they stand in config/routes, config/services or config/agencies.yaml';
  throw new ConfigError([{ code: 'unknown_file', file, line: 1, pointer: '', message, fix }]);
}

/** Of two files about one service the candidate counts. */
async function takeAway(folder: string, field: string, name: string): Promise<void> {
  for (const file of await readdir(folder).catch(() => [])) {
    const read = await readYaml(folder, file);
    if ((read.file?.value as JsonObject | undefined)?.[field] === name) await rm(join(folder, file));
  }
}

async function checked(
  folder: string,
  adapters: readonly Adapter[],
  instead?: { place: string; target: string },
): Promise<{ catalogue: Catalogue }> {
  const { catalogue, findings } = await checkConfig(folder, adapters);
  if (catalogue) return { catalogue };
  throw new ConfigError(findings.map((one) => named(one, instead)));
}

function named(finding: Finding, instead: { place: string; target: string } | undefined): Finding {
  return instead && finding.file === instead.place.replace('./', '')
    ? { ...finding, file: instead.target }
    : finding;
}
