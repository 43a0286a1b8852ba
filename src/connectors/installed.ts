/** The added connectors, verified again and loaded: a stranger's code runs in its interpreter only. */
import type { Adapter, Example } from '../adapter-kit/contract.ts';
import type { Clock } from '../clock.ts';
import { ConnectorError } from './error.ts';
import { loadFolder } from './load.ts';
import { holdBus } from './package/add.ts';
import type { Publisher } from './package/keys.ts';
import { readStore, type Installed } from './package/store.ts';

export interface InstalledParts {
  dataDir: string;
  publishers: readonly Publisher[];
  /** `banking@1`, … of the adapters that come with the bus. */
  shipped: ReadonlySet<string>;
  /** This bus's version. */
  bus: string;
  clock: Clock;
}

export interface OpenInstalled {
  carried: { adapter: Adapter; installed: Installed; examples: readonly Example[] }[];
  /** Those that cannot be carried, and why. */
  broken: { file: string; error: Error }[];
  /** Ends their interpreters. */
  close(): Promise<void>;
}

/** Never throws for what is in a package. */
export async function openInstalled(parts: InstalledParts): Promise<OpenInstalled> {
  const { installed, broken } = await readStore(parts.dataDir, parts.publishers);
  const loaded = await Promise.all(installed.map((one) => loadOne(one, parts)));
  const carried = loaded.filter((one) => 'adapter' in one);
  return {
    carried,
    broken: [...broken, ...loaded.filter((one) => 'error' in one)],
    async close() {
      await Promise.all(carried.map((one) => one.close()));
    },
  };
}

type Loaded =
  (OpenInstalled['carried'][number] & { close(): Promise<void> }) | { file: string; error: Error };

async function loadOne(installed: Installed, parts: InstalledParts): Promise<Loaded> {
  try {
    holdPlace(installed, parts);
    const loaded = await loadFolder(installed.folder, { clock: parts.clock, as: 'foreign' });
    const examples = loaded.examples.map(({ example }) => example);
    return { adapter: loaded.adapter, installed, examples, close: loaded.close };
  } catch (error) {
    return { file: installed.file, error: error as Error };
  }
}

function holdPlace({ id, manifest }: Installed, { shipped, bus }: InstalledParts): void {
  holdBus(manifest, bus);
  if (!shipped.has(id)) return;
  throw new ConnectorError(
    'package_shipped',
    `${id} comes with this bus by now: jembatan adapter remove ${id}`,
  );
}
