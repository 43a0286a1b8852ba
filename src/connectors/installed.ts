/** The added connectors, verified again and loaded: a stranger's code runs in its interpreter only. */
import type { Adapter } from '../adapter-kit/contract.ts';
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
  carried: { adapter: Adapter; installed: Installed }[];
  /** Those that cannot be carried, and why. */
  broken: { file: string; error: Error }[];
  /** Ends their interpreters. */
  close(): Promise<void>;
}

/** Never throws for what is in a package. */
export async function openInstalled(parts: InstalledParts): Promise<OpenInstalled> {
  const { installed, broken } = await readStore(parts.dataDir, parts.publishers);
  const carried: OpenInstalled['carried'] = [];
  const closes: (() => Promise<void>)[] = [];
  for (const one of installed) {
    try {
      holdPlace(one, parts);
      const { adapter, close } = await loadFolder(one.folder, { clock: parts.clock, as: 'foreign' });
      closes.push(close);
      carried.push({ adapter, installed: one });
    } catch (error) {
      broken.push({ file: one.file, error: error as Error });
    }
  }
  return {
    carried,
    broken,
    async close() {
      await Promise.all(closes.map((close) => close()));
    },
  };
}

function holdPlace({ id, manifest }: Installed, { shipped, bus }: InstalledParts): void {
  holdBus(manifest, bus);
  if (!shipped.has(id)) return;
  throw new ConnectorError('package_shipped', `${id} comes with this bus by now: jembatan adapter remove ${id}`);
}
