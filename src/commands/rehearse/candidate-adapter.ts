/** An adapter that is not carried yet: one's own folder, run as it stands, or a package, run in the interpreter alone. */
import { stat } from 'node:fs/promises';
import type { Env } from '../../config/env.ts';
import { readPublishers } from '../../config/publishers.ts';
import { loadConnector, loadFolder, type LoadedConnector } from '../../connectors/load.ts';
import { readPackage } from '../../connectors/package/store.ts';
import { openPackage } from '../../connectors/package/verify.ts';
import type { Shell } from '../shell.ts';

/** @throws ConnectorError when it cannot be loaded, or is signed by nobody who is trusted. */
export async function candidateAdapter(
  { clock }: Shell,
  { configDir }: Pick<Env, 'configDir'>,
  path: string,
): Promise<LoadedConnector> {
  if ((await stat(path)).isDirectory()) return loadConnector(path, { clock, as: 'own' });
  const publishers = await readPublishers(configDir);
  const { folder } = openPackage(await readPackage(path), path, { publishers, own: false });
  return loadFolder(folder, { clock, as: 'foreign' });
}
