/** The configuration folder as it would be with other routes in it: a copy, looked at and thrown away. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../domain/outcome.ts';
import type { Finding } from './finding.ts';
import { parseYaml, readYaml, type YamlFile } from './yaml-file.ts';

/** A route that is to stand in the place of the file's; YAML, or JSON, which is YAML. */
export interface RouteFile {
  /** How findings call it, ending in `.yaml`. */
  file: string;
  text: string;
}

/** Works on the folder as it is, or on a copy with these routes in the place of those of their services. */
export async function withRoutes<T>(
  configDir: string,
  routes: RouteFile[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (routes.length === 0) return work(configDir);
  const copy = await mkdtemp(join(tmpdir(), 'jembatan-routes-'));
  try {
    await cp(configDir, copy, { recursive: true });
    const services = new Set(routes.map(serviceOf));
    for (const file of await readdir(join(copy, 'routes'))) {
      const read = await readYaml(copy, `routes/${file}`);
      if (read.file && services.has(fieldOf(read.file, 'service'))) await rm(join(copy, 'routes', file));
    }
    for (const { file, text } of routes) await writeFile(join(copy, 'routes', file), text);
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function serviceOf({ file, text }: RouteFile): string | undefined {
  const { file: read } = parseYaml(file, Buffer.from(text));
  return read && fieldOf(read, 'service');
}

/** The service and version that a route's text names, or why they cannot be read. */
export function headOfRoute({
  file,
  text,
}: RouteFile): { service: string; version: string } | { findings: Finding[] } {
  const read = parseYaml(file, Buffer.from(text));
  if (!read.file) return { findings: read.findings };
  const [service, version] = [fieldOf(read.file, 'service'), fieldOf(read.file, 'version')];
  if (service !== undefined && version !== undefined) return { service, version };
  const fix = 'Write it as the files of config/routes are: service, version, steps';
  const message = 'This is no route';
  return { findings: [{ code: 'not_a_route', file, line: 1, pointer: '', message, fix }] };
}

function fieldOf({ value }: YamlFile, name: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}
