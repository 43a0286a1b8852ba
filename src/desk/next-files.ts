/** The files read anew: checked, held against what is open and what was activated, and compared with those in force. */
import type { Catalogue } from '../domain/catalogue.ts';
import { changeOf, keepingSame, type CatalogueChange } from '../domain/catalogue-change.ts';
import { digestOf } from '../flow/config-digest.ts';
import { layersOf } from '../flow/activated.ts';
import type { ConfigFinding } from '../flow/ports/config-source.ts';
import type { Held } from './in-force.ts';

/** Files that could be in force. */
export interface NextFiles {
  is: 'sound';
  files: Catalogue;
  change: CatalogueChange;
  digest: string;
  secrets: string[];
  restart: string[];
}

export async function readNext(held: Held): Promise<NextFiles | { is: 'wrong'; findings: ConfigFinding[] }> {
  const { desk, source, files: before } = held;
  const read = await source.read([]);
  if (read.is === 'wrong') return read;
  const { catalogue, secrets, restart } = read;
  const files = keepingSame(before, catalogue);
  const lost = [...(await stillNeeded(held, files)), ...(await stillFitting(held))];
  if (lost.length > 0) return { is: 'wrong', findings: lost };
  const change = changeOf(withoutGone(before), files);
  return { is: 'sound', files, change, digest: digestOf(desk.vault, catalogue), secrets, restart };
}

/** What was activated has to fit the new files too. */
async function stillFitting({ source, activated }: Held): Promise<ConfigFinding[]> {
  for (const layer of layersOf(activated)) {
    const read = await source.read(layer);
    if (read.is === 'wrong') return read.findings;
  }
  return [];
}

/** What open applications have steps with: an agency that is gone, or goes by another adapter, would leave them for ever. */
async function stillNeeded({ desk, files }: Held, next: Catalogue): Promise<ConfigFinding[]> {
  const before = new Map(files.agencies.map((one) => [one.id, one]));
  const after = new Map(next.agencies.map((one) => [one.id, one]));
  const place = { file: 'agencies.yaml', line: 0 };
  // The question reads every open step: it is asked only where its answer matters.
  const isSame = files.agencies.every(({ id, adapter, major }) => {
    const entry = after.get(id);
    return entry?.adapter === adapter && entry.major === major;
  });
  if (isSame) return [];
  const used = await desk.ledger.agenciesInUse();
  return used.flatMap(({ agency, adapter }): ConfigFinding[] => {
    const pointer = `/${agency}`;
    const was = before.get(agency);
    if (!was) return [];
    const entry = after.get(agency);
    if (!entry) {
      const message = `Open applications have steps with ${agency}`;
      const fix = 'Leave its entry until they have ended; with no regions it gets no new ones';
      return [{ code: 'agency_in_use', ...place, pointer, message, fix }];
    }
    const changed = entry.adapter !== was.adapter || entry.major !== was.major;
    if (!changed || adapter === `${entry.adapter}@${entry.major}`) return [];
    const message = `Open applications go to ${agency} by ${adapter}`;
    const fix = 'Give the new adapter an entry of its own, and leave this one until they have ended';
    return [{ code: 'adapter_in_use', ...place, pointer: `${pointer}/adapter`, message, fix }];
  });
}

/** An agency that the files no longer name serves no region. An application that is being accepted just now may still go there. */
export function keepingGone(before: Catalogue, next: Catalogue): Catalogue {
  const known = new Set(next.agencies.map(({ id }) => id));
  const gone = before.agencies.filter(({ id }) => !known.has(id));
  return { ...next, agencies: [...next.agencies, ...gone.map((one) => ({ ...one, regions: [] }))] };
}

const withoutGone = (catalogue: Catalogue): Catalogue => ({
  ...catalogue,
  agencies: catalogue.agencies.filter(({ regions }) => regions.length > 0),
});
