/** Reads the folder `config/` into a catalogue: every file against its schema, with defaults filled in. */
import { readdir } from 'node:fs/promises';
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import { compile } from '../schema/validate.ts';
import agencies from '../../schemas/agencies.json' with { type: 'json' };
import calendar from '../../schemas/calendar.json' with { type: 'json' };
import platforms from '../../schemas/platforms.json' with { type: 'json' };
import regions from '../../schemas/regions.json' with { type: 'json' };
import route from '../../schemas/route.json' with { type: 'json' };
import service from '../../schemas/service.json' with { type: 'json' };
import sites from '../../schemas/sites.json' with { type: 'json' };
import { fillAgency, fillCalendar, fillPlatform, fillRoute, fillService, fillSite } from './fill.ts';
import { sortFindings, suggest, type Finding } from './finding.ts';
import { problemFindings } from './problem-findings.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export type Kind = 'agencies' | 'platforms' | 'sites' | 'regions' | 'calendar' | 'service' | 'route';

export interface ConfigFile extends YamlFile {
  kind: Kind;
  value: JsonObject;
}

export interface Loaded {
  /** Complete only when there are no findings; what is broken is left out. */
  catalogue: Catalogue;
  /** The files that hold to their schemas, with their text as it was read. */
  files: ConfigFile[];
  findings: Finding[];
  /** Kinds of which a file could not be used: names of these are not looked up. */
  broken: Set<Kind>;
}

const SCHEMAS: Record<Kind, JsonSchema> = { agencies, platforms, sites, regions, calendar, service, route };
const SINGLE: Record<string, Kind> = {
  'agencies.yaml': 'agencies',
  'platforms.yaml': 'platforms',
  'sites.yaml': 'sites',
  'regions.yaml': 'regions',
};
const FOLDERS: Record<string, Kind> = { calendars: 'calendar', services: 'service', routes: 'route' };

/** Reads everything and reports everything; never stops at the first finding and never throws for a bad file. */
export async function loadConfig(folder: string): Promise<Loaded> {
  const { places, findings } = await listFiles(folder);
  const files: ConfigFile[] = [];
  const broken = new Set<Kind>();
  const read = await Promise.all(places.map(({ path }) => readYaml(folder, path)));
  read.forEach((one, index) => {
    const { kind } = places[index]!;
    const problems = one.file ? heldAgainst(kind, one.file) : [];
    findings.push(...one.findings, ...problems);
    if (one.file && problems.length === 0)
      files.push({ ...one.file, kind, value: one.file.value as JsonObject });
    else broken.add(kind);
  });
  findings.push(...duplicates(files));
  return { catalogue: catalogueOf(files), files, findings: sortFindings(findings), broken };
}

const validators = Object.fromEntries(
  Object.entries(SCHEMAS).map(([kind, schema]) => [kind, compile(schema)]),
) as Record<Kind, ReturnType<typeof compile>>;

function heldAgainst(kind: Kind, file: YamlFile): Finding[] {
  const { value } = file;
  return problemFindings({ file, value, base: '' }, validators[kind](value), SCHEMAS[kind]);
}

interface Place {
  path: string;
  kind: Kind;
}

async function listFiles(folder: string): Promise<{ places: Place[]; findings: Finding[] }> {
  const places: Place[] = Object.entries(SINGLE).map(([path, kind]) => ({ path, kind }));
  const findings: Finding[] = [];
  const strange = (file: string, known: string[]): void => {
    const fix = `${suggest(file, known)}, or move it out of this folder`;
    findings.push({
      code: 'unknown_file',
      file,
      line: 1,
      pointer: '',
      message: 'Nothing reads this file',
      fix,
    });
  };
  for (const name of await visible(folder)) {
    const kind = FOLDERS[name];
    if (kind === undefined) {
      const isOurs = name in SINGLE || !/\.ya?ml$/.test(name);
      if (!isOurs) strange(name, Object.keys(SINGLE));
      continue;
    }
    for (const file of await visible(`${folder}/${name}`)) {
      const path = `${name}/${file}`;
      if (file.endsWith('.yaml')) places.push({ path, kind });
      else if (file.endsWith('.yml')) strange(path, [path.replace(/\.yml$/, '.yaml')]);
    }
  }
  return { places, findings };
}

/** Names in a folder, sorted; none when there is no such folder (its files are then found missing). */
async function visible(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).toSorted();
}

/** The name that a file of many is known by. */
export function nameOf(file: ConfigFile): string | undefined {
  const field = { calendar: 'id', service: 'code', route: 'service' }[file.kind as string];
  return field === undefined ? undefined : (file.value[field] as string);
}

function duplicates(files: ConfigFile[]): Finding[] {
  const first = new Map<string, string>();
  return files.flatMap((file) => {
    const name = nameOf(file);
    if (name === undefined) return [];
    const earlier = first.get(`${file.kind} ${name}`);
    first.set(`${file.kind} ${name}`, earlier ?? file.file);
    if (earlier === undefined) return [];
    const pointer = { calendar: '/id', service: '/code', route: '/service' }[file.kind as string]!;
    const message = `${name} is already described in ${earlier}`;
    return [
      {
        code: 'duplicate_code',
        file: file.file,
        line: file.line(pointer),
        pointer,
        message,
        fix: 'Keep one',
      },
    ];
  });
}

function catalogueOf(files: ConfigFile[]): Catalogue {
  const entries = (kind: Kind): [string, JsonObject][] =>
    files.filter((file) => file.kind === kind).flatMap((file) => Object.entries(file.value)) as [
      string,
      JsonObject,
    ][];
  const values = (kind: Kind): JsonObject[] =>
    files.filter((file) => file.kind === kind).map(({ value }) => value);
  const services = values('service').map(fillService);
  const routes = values('route').map(fillRoute);
  return {
    agencies: entries('agencies').map(([id, entry]) => fillAgency(id, entry)),
    platforms: entries('platforms').map(([id, entry]) => fillPlatform(id, entry)),
    sites: entries('sites').map(([code, entry]) => fillSite(code, entry)),
    calendars: values('calendar').map(fillCalendar),
    services: new Map(services.map((one) => [one.code, one])),
    routes: new Map(routes.map((one) => [one.service, one])),
    regions: new Map(entries('regions') as unknown as [string, string][]),
  };
}
