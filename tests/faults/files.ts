/** The configuration and secrets of a mall, on disk. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ROOT, type Settings } from '../journeys/bus-process.ts';
import { OFFICES, officeEntry, routeFile, serviceFile, SERVICES, type Office } from './bureau.ts';
import type { Mall, MallOptions } from './mall.ts';

/** Returns the settings that name them. */
export async function writeFiles(
  folder: string,
  password: string,
  links: Mall['links'],
  { attempts = 50, tls = false }: MallOptions,
): Promise<Settings> {
  const [configDir, dataDir] = [join(folder, 'config'), join(folder, 'data')];
  for (const name of ['sites.yaml', 'regions.yaml', 'platforms.yaml', 'calendars'])
    await cp(join(ROOT, 'config', name), join(configDir, name), { recursive: true });
  const agencies = Object.fromEntries(
    (Object.entries(OFFICES) as [Office, string][]).map(([office, id]) => [
      id,
      officeEntry(
        office,
        tls && office === 'bureau'
          ? `https://localhost:${links[office].port}`
          : `http://127.0.0.1:${links[office].port}`,
        attempts,
      ),
    ]),
  );
  for (const sub of ['services', 'routes']) await mkdir(join(configDir, sub), { recursive: true });
  await writeFile(join(configDir, 'agencies.yaml'), stringify(agencies));
  for (const code of SERVICES) {
    await writeFile(join(configDir, `services/${code}.yaml`), stringify(serviceFile(code)));
    await writeFile(join(configDir, `routes/${code}.yaml`), stringify(routeFile(code)));
  }
  await mkdir(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, 'secrets/bureau-password'), password, { mode: 0o600 });
  return { JEMBATAN_DATA: dataDir, JEMBATAN_CONFIG: configDir, JEMBATAN_LOG: 'info' };
}
