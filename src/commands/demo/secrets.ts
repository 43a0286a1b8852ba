/** Secrets for the demo's agencies: a file for every reference in the configuration, fresh for each demo. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adapters } from '../../../adapters/index.ts';
import { systemClock } from '../../clock.ts';
import { checkConfig } from '../../config/check.ts';
import { SECRET_REFERENCE } from '../../config/secrets.ts';
import type { JsonObject } from '../../domain/outcome.ts';
import { simulatorOf } from './stand-in.ts';

/** By agency: what its stand-in alone knows. A configuration with mistakes gets none: the start names them. */
export async function writeSecrets(dataDir: string, configDir: string): Promise<Map<string, JsonObject>> {
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { catalogue } = await checkConfig(configDir, adapters);
  const own = new Map<string, JsonObject>();
  for (const agency of catalogue?.agencies ?? []) {
    const made = (await simulatorOf(agency)).makeSecrets?.() ?? {};
    own.set(agency.id, (made['simulator'] ?? {}) as JsonObject);
    for (const [setting, value] of Object.entries(agency.settings)) {
      const [, kind, name] = SECRET_REFERENCE.exec(String(value)) ?? [];
      if (kind !== 'file' || name === undefined) continue;
      const secret = (made[setting] as string | undefined) ?? systemClock.random(24).toString('base64url');
      await writeFile(join(folder, name), secret, { mode: 0o600 });
    }
  }
  return own;
}
