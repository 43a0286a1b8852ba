/** Reads the folder `config/` into a catalogue: every file against its schema, with defaults filled in. */
import { readdir } from 'node:fs/promises';
import type { JsonSchema } from '../adapter-kit/contract.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/outcome.ts';
import type { Problem } from '../schema/problems.ts';
import { compileForOwner } from '../schema/validate.ts';
import agencies from '../../schemas/agencies.json' with { type: 'json' };
import calendar from '../../schemas/calendar.json' with { type: 'json' };
import fragment from '../../schemas/fragment.json' with { type: 'json' };
import platforms from '../../schemas/platforms.json' with { type: 'json' };
import publishers from '../../schemas/publishers.json' with { type: 'json' };
import regions from '../../schemas/regions.json' with { type: 'json' };
import route from '../../schemas/route.json' with { type: 'json' };
import service from '../../schemas/service.json' with { type: 'json' };
import sites from '../../schemas/sites.json' with { type: 'json' };
import { fillAgency, fillCalendar, fillPlatform, fillRoute, fillService, fillSite } from './fill.ts';
import { segmentsOf, sortFindings, suggest, type Finding } from './finding.ts';
import { fit } from './fit.ts';
import { withoutIncludes } from './include-schema.ts';
import { resolveIncludes, type Resolved } from './includes.ts';
import { mistakes, problemFindings } from './problem-findings.ts';
import { wrongPlaces, type WrongPlaces } from './wrong-places.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

export type Kind =
  'agencies' | 'platforms' | 'sites' | 'regions' | 'publishers' | 'calendar' | 'service' | 'route';

export interface ConfigFile extends YamlFile {
  kind: Kind;
  /** In the schema's shape: what was wrong is left out or blank. */
  value: JsonObject;
  wrong: WrongPlaces;
}

export interface Loaded {
  /** Complete only when there are no findings; what is broken is left out. */
  catalogue: Catalogue;
  /** The files that could be read, with their text as it was read. */
  files: ConfigFile[];
  findings: Finding[];
  /** Files of `fragments/` that nobody includes. */
  unused: YamlFile[];
  /** Kinds of which some name is not known for certain: a name that is not found may be that one. */
  broken: Set<Kind>;
}

/** What a file is held against once its includes are in their place. */
const SCHEMAS: Record<Kind, JsonSchema> = {
  ...{ agencies, platforms, sites, regions, publishers, calendar },
  ...{ service: withoutIncludes(service), route: withoutIncludes(route) },
};
/** Kinds that may include fragments. */
const INCLUDING: ReadonlySet<Kind> = new Set(['service', 'route']);
const SINGLE: Record<string, Kind> = {
  'agencies.yaml': 'agencies',
  'platforms.yaml': 'platforms',
  'sites.yaml': 'sites',
  'regions.yaml': 'regions',
};
/** Not every mall has one. */
const OPTIONAL: Record<string, Kind> = { 'publishers.yaml': 'publishers' };
/** What a file of many is known by. */
const NAME_FIELDS: Partial<Record<Kind, string>> = { calendar: 'id', service: 'code', route: 'service' };
const FOLDERS: Record<string, Kind> = { calendars: 'calendar', services: 'service', routes: 'route' };
const FRAGMENTS = 'fragments';

/** Reads everything and reports everything; never stops at the first finding and never throws for a bad file. */
export async function loadConfig(folder: string): Promise<Loaded> {
  const { places, findings } = await listFiles(folder);
  const files: ConfigFile[] = [];
  const broken = new Set<Kind>();
  const read = await Promise.all(places.map(({ path }) => readYaml(folder, path)));
  const fragments = new Map<string, YamlFile | null>();
  places.forEach(({ path, kind }, index) => {
    if (kind === FRAGMENTS) fragments.set(path, read[index]!.file ?? null);
  });
  const used = new Set<string>();
  read.forEach((one, index) => {
    const { kind } = places[index]!;
    findings.push(...one.findings);
    if (kind === FRAGMENTS) return void findings.push(...fragmentFindings(one.file));
    if (one.findings.length > 0) broken.add(kind);
    if (!one.file) return;
    const whole = INCLUDING.has(kind) ? resolveIncludes(one.file, fragments) : asItIs(one.file);
    for (const path of whole.used) used.add(path);
    files.push(held(kind, one.file, whole, { findings, broken }));
  });
  findings.push(...duplicates(files, broken));
  const unused = [...fragments].flatMap(([path, file]) => (file && !used.has(path) ? [file] : []));
  return { catalogue: catalogueOf(files), files, findings: sortFindings(findings), unused, broken };
}

const checkFragment = compileForOwner(fragment);

/** Names only: what is in a part is held against the place where it is included. */
function fragmentFindings(file: YamlFile | undefined): Finding[] {
  if (!file) return [];
  return problemFindings({ file, value: file.value, base: '' }, checkFragment(file.value), fragment);
}

const asItIs = ({ value }: YamlFile): Resolved => ({ value, findings: [], lost: [], used: new Set() });

/** Holds a file against its schema. Where something could not be included nothing else is missed. */
function held(
  kind: Kind,
  { value: _, ...file }: YamlFile,
  { value, lost, origin, findings: ofIncludes }: Resolved,
  { findings, broken }: Pick<Loaded, 'findings' | 'broken'>,
): ConfigFile {
  const whole: YamlFile = { ...file, value, ...(origin && { origin }) };
  const isLost = (pointer: string): boolean =>
    lost.some((one) => pointer === one || pointer.startsWith(`${one}/`));
  const problems = mistakes(validators[kind](value)).filter(({ pointer }) => !isLost(pointer));
  findings.push(...ofIncludes, ...problemFindings({ file: whole, value, base: '' }, problems, SCHEMAS[kind]));
  // As something that is missing: what would be in it is not looked at.
  const missing = lost.map((pointer): Problem => ({ pointer, code: 'missing_field', detail: '' }));
  const all = [...problems, ...missing];
  if (all.some((problem) => hidesName(kind, problem))) broken.add(kind);
  return fitted(kind, whole, all);
}

const validators = Object.fromEntries(
  Object.entries(SCHEMAS).map(([kind, schema]) => [kind, compileForOwner(schema)]),
) as Record<Kind, ReturnType<typeof compileForOwner>>;

/** Whether a problem stands where other files would find a name: a code, the key of an entry, the role of an agency. */
function hidesName(kind: Kind, { pointer, code }: Problem): boolean {
  const [first, second] = segmentsOf(pointer);
  if (first === undefined) return true;
  const field = NAME_FIELDS[kind];
  if (field !== undefined) return first === field;
  if (kind === 'agencies') return second === 'role' || (second === undefined && code === 'schema_type');
  return second === undefined && code === 'schema_pattern';
}

/** A file without a name that can be trusted goes by its path, so that what else it holds is checked. */
function fitted(kind: Kind, file: YamlFile, problems: Problem[]): ConfigFile {
  const wrong = wrongPlaces(problems);
  const value = fit(file.value, SCHEMAS[kind], wrong.at);
  const field = NAME_FIELDS[kind];
  if (field !== undefined && wrong.covers(`/${field}`)) value[field] = file.file;
  return { ...file, kind, value, wrong };
}

interface Place {
  path: string;
  kind: Kind | typeof FRAGMENTS;
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
    const optional = OPTIONAL[name];
    if (optional) places.push({ path: name, kind: optional });
    const kind = name === FRAGMENTS ? FRAGMENTS : FOLDERS[name];
    if (kind === undefined) {
      const isOurs = name in SINGLE || name in OPTIONAL || !/\.ya?ml$/.test(name);
      if (!isOurs) strange(name, Object.keys({ ...SINGLE, ...OPTIONAL }));
      continue;
    }
    for (const file of await visible(`${folder}/${name}`)) {
      const path = `${name}/${file}`;
      // Tests of a route stand beside it: `jembatan test` reads them.
      if (kind === 'route' && file.endsWith('.test.yaml')) continue;
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
  const field = NAME_FIELDS[file.kind];
  return field === undefined ? undefined : (file.value[field] as string);
}

/** The second of one name goes by its path from here on: both are checked. */
function duplicates(files: ConfigFile[], broken: Set<Kind>): Finding[] {
  const first = new Map<string, string>();
  return files.flatMap((file) => {
    const name = nameOf(file);
    if (name === undefined) return [];
    const earlier = first.get(`${file.kind} ${name}`);
    first.set(`${file.kind} ${name}`, earlier ?? file.file);
    if (earlier === undefined) return [];
    const field = NAME_FIELDS[file.kind]!;
    const pointer = `/${field}`;
    file.value[field] = file.file;
    file.wrong.at.add(pointer);
    broken.add(file.kind);
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
