/** What every check is given: the loaded configuration, the adapters, and a way to report. */
import type { Adapter, Operation } from '../adapter-kit/contract.ts';
import { busAdapter } from '../adapter-kit/bus-adapter.ts';
import { BUS } from '../domain/bus-agency.ts';
import type { Agency } from '../domain/catalogue.ts';
import { pointerOf, type Finding } from './finding.ts';
import { nameOf, type ConfigFile, type Kind, type Loaded } from './load.ts';
import { placed } from './yaml-file.ts';

/** Where a finding belongs: the file, and the way into it. */
export interface Spot {
  file: ConfigFile;
  path: (string | number)[];
}

export interface World extends Loaded {
  adapters: readonly Adapter[];
  /** What keeps the bus from starting. */
  report(spot: Spot, code: string, message: string, fix: string): void;
  /** What it can start with, and somebody should know. */
  warn(spot: Spot, code: string, message: string, fix: string): void;
  warnings: Finding[];
  /** When it is checked, ms since the epoch; undefined where nothing that depends on the day is asked. */
  now: number | undefined;
  /** Whether nothing is known to be wrong at a place, around it or in it: what is read there can be relied on. */
  isSure(spot: Spot): boolean;
  /** The file of a kind of which there is one. */
  only(kind: Kind): ConfigFile | undefined;
  /** All files of a kind, each once by name: of duplicates the last, as in the catalogue. */
  all(kind: Kind): { name: string; file: ConfigFile }[];
}

export function worldOf(loaded: Loaded, adapters: readonly Adapter[], now?: number): World {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const into =
    (list: Finding[]): World['report'] =>
    ({ file, path }, code, message, fix) => {
      const pointer = pointerOf(...path);
      if (!file.wrong.covers(pointer)) list.push({ code, ...placed(file, pointer, message), fix });
    };
  return {
    ...loaded,
    ...{ adapters, now, findings, warnings },
    report: into(findings),
    warn: into(warnings),
    isSure: ({ file, path }) => file.wrong.spares(pointerOf(...path)),
    only: (kind) => loaded.files.find((file) => file.kind === kind),
    all(kind) {
      const named = loaded.files.filter((file) => file.kind === kind);
      const byName = new Map(named.map((file) => [nameOf(file)!, file]));
      return [...byName].map(([name, file]) => ({ name, file }));
    },
  };
}

/** The adapter that an agency entry names, by name and major version. */
export function adapterOf(agency: Agency, adapters: readonly Adapter[]): Adapter | undefined {
  return adapters.find((one) => one.name === agency.adapter && majorOf(one) === agency.major);
}

export function majorOf(adapter: Adapter): number {
  return Number(adapter.version.split('.')[0]);
}

/** The adapters that play a role. */
export function adaptersOf(role: string, world: World): Set<Adapter> {
  const players = world.catalogue.agencies.filter((agency) => agency.role === role);
  return new Set(players.flatMap((agency) => adapterOf(agency, world.adapters) ?? []));
}

/** The operations that a step's call may reach: one for each adapter that plays the role. */
export function operationsOf(call: string, world: World): Operation[] {
  const [role, name] = call.split('.') as [string, string];
  const adapters = role === BUS ? [busAdapter] : adaptersOf(role, world);
  return [...adapters].flatMap((adapter) =>
    Object.hasOwn(adapter.operations, name) ? [adapter.operations[name]!] : [],
  );
}
