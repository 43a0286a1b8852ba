/** A connector's folder as something that runs: one's own natively, a stranger's in the interpreter only. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Adapter, Example } from '../adapter-kit/contract.ts';
import type { SimulatorModule } from '../adapter-kit/simulator.ts';
import type { Clock } from '../clock.ts';
import { AGENCY_LIMITS, parseJson } from '../wire/json.ts';
import { connectorError, type ConnectorError } from './error.ts';
import { readFolder, type ConnectorFolder } from './folder.ts';
import { sandboxedAdapter } from './sandbox/index.ts';
import { yamlAdapter, yamlExamples } from './yaml/index.ts';

export interface ShownExample {
  /** Relative to the folder. */
  file: string;
  example: Example;
}

export interface LoadedConnector {
  adapter: Adapter;
  folder: ConnectorFolder;
  examples: ShownExample[];
  /** Null when there is none, and of a stranger's: it would run natively. */
  simulator(): Promise<SimulatorModule | null>;
  close(): Promise<void>;
}

export interface LoadParts {
  clock: Clock;
  /** `own`: on its author's machine, and what is shipped. */
  as: 'own' | 'foreign';
}

/** @throws ConnectorError with every finding. */
export async function loadConnector(path: string, parts: LoadParts): Promise<LoadedConnector> {
  return loadFolder(await readFolder(path), parts);
}

/** The same of files that are at hand; a stranger's need not lie on the disk. */
export async function loadFolder(folder: ConnectorFolder, parts: LoadParts): Promise<LoadedConnector> {
  const examples = folder.kind === 'yaml' ? await yamlExamples(folder) : examplesIn(folder);
  const own = parts.as === 'own' ? nativeImports(folder.path) : null;
  const none = (): Promise<void> => Promise.resolve();
  const loaded = async (): Promise<Adapter & { close?: () => Promise<void> }> => {
    if (folder.kind === 'yaml') return yamlAdapter(folder);
    if (!own) return sandboxedAdapter(folder, parts);
    const { default: adapter } = await own<{ default?: Adapter }>('adapter.ts');
    if (adapter?.operations) return adapter;
    throw notLoaded('adapter.ts', 'It has no adapter with operations', 'Begin it with "export default {"');
  };
  const { close = none, ...adapter } = await loaded();
  return {
    adapter,
    folder,
    examples,
    async simulator() {
      if (!own || !folder.files.has('simulator.ts')) return null;
      const module = await own<Partial<SimulatorModule>>('simulator.ts');
      if (typeof module.makeSimulator === 'function' && module.leaves) return module as SimulatorModule;
      throw notLoaded('simulator.ts', 'It lacks makeSimulator or leaves', 'Export both');
    },
    close,
  };
}

function examplesIn({ files }: ConnectorFolder): ShownExample[] {
  return [...files].flatMap(([file, bytes]) => {
    return /^examples\/[^/]+\.json$/.test(file) ? [{ file, example: exampleOf(file, bytes) }] : [];
  });
}

function exampleOf(file: string, bytes: Uint8Array): Example {
  try {
    return parseJson(bytes, { ...AGENCY_LIMITS, oddities: 'refuse' }) as unknown as Example;
  } catch (error) {
    const message = `It is no JSON that can be taken: ${(error as Error).message}`;
    throw connectorError({ file, code: 'connector_json', message, fix: 'Mend it' });
  }
}

/** What authors import by name, wherever their folder lies. */
const KIT: Record<string, string> = {
  'jembatan/kit': new URL('../adapter-kit/contract.ts', import.meta.url).href,
  'jembatan/simulator': new URL('../adapter-kit/simulator.ts', import.meta.url).href,
};
/** Each load reads the files again, as they are then: Node keeps a module by its address. */
let loads = 0;
const roots = new Map<string, string>();
let hooked = false;

function nativeImports(path: string): <Module>(file: string) => Promise<Module> {
  const root = pathToFileURL(join(path, '/')).href;
  const mark = `?load=${(loads += 1)}`;
  roots.set(mark, root);
  hook();
  return async (file) => {
    try {
      return await import(root + file + mark);
    } catch (error) {
      throw importError(error as Error, root, file);
    }
  };
}

/** Node's words without the folder's own path; the file and line that broke stand in the stack alone. */
function importError({ message, stack = '' }: Error, root: string, imported: string): ConnectorError {
  const inside = fileURLToPath(root);
  const places = [root, inside].flatMap((start) => stack.split(start).slice(1));
  const [file = imported, line] =
    places
      .map((place) => /^([^:?\s]+)(?:\?load=\d+)?:(\d+)/.exec(place)?.slice(1) ?? [])
      .find((found) => found.length > 0) ?? [];
  const said = message.replaceAll(root, '').replaceAll(inside, '');
  return notLoaded(file, `It cannot be loaded: ${said}`, 'Mend it there', line);
}

function notLoaded(file: string, message: string, fix: string, line?: string): ConnectorError {
  const code = 'connector_load';
  return connectorError({ file, code, message, fix, ...(line !== undefined && { line: Number(line) }) });
}

/** Files of a folder bring the mark of their load along, and are modules though no package.json says so. */
function hook(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      const kit = KIT[specifier];
      if (kit !== undefined) return { url: kit, format: 'module-typescript', shortCircuit: true };
      const found = next(specifier, context);
      const [mark = ''] = /\?load=\d+$/.exec(context.parentURL ?? found.url) ?? [];
      const root = roots.get(mark);
      if (root === undefined || !found.url.startsWith(root)) return found;
      const url = found.url.endsWith(mark) ? found.url : found.url + mark;
      return {
        ...found,
        url,
        ...(found.url.replace(mark, '').endsWith('.ts') && { format: 'module-typescript' }),
      };
    },
  });
}
